/** Bytes as people say them. */
export const sizeOf = (bytes: number): string =>
  bytes < 1_048_576
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : bytes < 1_073_741_824
      ? `${(bytes / 1_048_576).toFixed(1)} MB`
      : `${(bytes / 1_073_741_824).toFixed(2)} GB`;

/** A share in whole per cent, rounded down, so that 100 stands for all alone. */
export const percent = (done: number, of: number): number =>
  of <= 0 ? 0 : Math.min(100, Math.floor((100 * done) / of));

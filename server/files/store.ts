/** Where sealed files lie: a folder, or a bucket. Names have the shape of `fileKey`. */
export interface Store {
  /** Writes the whole content under a new name, or nothing. @throws Problem no-space or unavailable */
  write(key: string, content: AsyncIterable<Buffer>): Promise<void>;
  /** @throws FileMissing when there is none of that name */
  read(key: string): Promise<AsyncIterable<Uint8Array>>;
  /** Takes it away; nothing happens where there is none. */
  remove(key: string): Promise<void>;
  /** Every file of a space, in no order, with the instant it was written; temporary ones that died are cleared. */
  list(space: string): AsyncIterable<{ key: string; at: Date }>;
}

/** The file is not in the store. */
export class FileMissing extends Error {
  constructor(key: string) {
    super(`file ${key} is missing`);
    this.name = 'FileMissing';
  }
}

/** The file was cut short or altered, or is sealed by another key or under another name. */
export class FileDamaged extends Error {
  constructor(key: string) {
    super(`file ${key} is damaged`);
    this.name = 'FileDamaged';
  }
}

/** The content is longer than was allowed. */
export class FileTooLarge extends Error {
  constructor() {
    super('the file is too large');
    this.name = 'FileTooLarge';
  }
}

const shape = /^[a-z]{1,20}\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[a-z0-9-]{1,20}$/;

/** Refuses names that are not `space/uuid/part`: nothing else may become a path. */
export function requireKey(key: string): void {
  if (!shape.test(key)) throw new Error(`not the key of a file: ${key}`);
}

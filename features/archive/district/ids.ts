import type { Chance } from './random.ts';

/** Ids in the shape of UUIDv7 that depend on the seed only and ascend in the order of making. */
export function idsFrom(index: number, chance: Chance): () => string {
  let made = 0;
  return () => {
    const time = (1_767_225_600_000 + index * 40_000 + made++).toString(16).padStart(12, '0');
    const hex = (length: number): string =>
      Math.floor(chance.next() * 16 ** length)
        .toString(16)
        .padStart(length, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`;
  };
}

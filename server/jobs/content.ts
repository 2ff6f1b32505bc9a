import type { Vault } from '../crypto.ts';

/** A checkpoint is a place to go on from, not a store. */
const largest = 256 * 1024;

/** Seals what a job works on, as JSON. @throws Error when it is larger than 256 kB */
export function sealJson(vault: Vault, value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value ?? null));
  if (text.length > largest)
    throw new Error(
      `a job's input, state or result holds ${text.length} bytes; keep it in a table`,
    );
  return vault.sealBytes(text);
}

/** Opens what `sealJson` sealed; undefined for what is not there. */
export function openJson(vault: Vault, sealed: Buffer | null): unknown {
  return sealed === null ? undefined : JSON.parse(vault.openBytes(sealed).toString('utf8'));
}

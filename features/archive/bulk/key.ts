import type { Vault } from '../../../server/crypto.ts';
import { isId } from '../../../server/ids.ts';
import type { CategoryKey } from '../contract.ts';

/** Which record a row is about, in which version it was taken out, and by which export. */
export interface RowKey {
  id: string;
  version: number;
  /** UUIDv7: it tells when the sheet was taken out as well. */
  export: string;
}

/** What binds a row to its record, version, export, and the one who took it out: none of it can be made up or changed. */
const signature = (vault: Vault, category: CategoryKey, account: string, key: RowKey): string =>
  vault.blind('bulk-edit', [category, account, key.id, key.version, key.export].join(' '));

/** The key column of a row. */
export function keyOfRow(
  vault: Vault,
  category: CategoryKey,
  account: string,
  key: RowKey,
): string {
  return `${key.id}.${key.version}.${key.export}.${signature(vault, category, account, key)}`;
}

/** The record that a key column names, or null when it is none that this account took out. */
export function readKey(
  vault: Vault,
  category: CategoryKey,
  account: string,
  text: unknown,
): RowKey | null {
  const [, id = '', version = '', taken = '', signed = ''] =
    /^([0-9a-f-]{36})\.(\d{1,9})\.([0-9a-f-]{36})\.([\w-]{16})$/.exec(String(text ?? '').trim()) ??
    [];
  if (!isId(id) || !isId(taken)) return null;
  const key = { id, version: Number(version), export: taken };
  return signature(vault, category, account, key) === signed ? key : null;
}

import type { Vault } from '../../../server/crypto.ts';
import { isId } from '../../../server/ids.ts';
import type { CategoryKey } from '../contract.ts';

/** Which record a row is about, and in which version it was taken out. */
export interface RowKey {
  id: string;
  version: number;
}

/** What binds a row to its record, its version, and the one who took it out: none of it can be made up or changed. */
const signature = (vault: Vault, category: CategoryKey, account: string, key: RowKey): string =>
  vault.blind('bulk-edit', [category, account, key.id, key.version].join(' '));

/** The key column of a row. */
export function keyOfRow(
  vault: Vault,
  category: CategoryKey,
  account: string,
  key: RowKey,
): string {
  return `${key.id}.${key.version}.${signature(vault, category, account, key)}`;
}

/** The record that a key column names, or null when it is none that this account took out. */
export function readKey(
  vault: Vault,
  category: CategoryKey,
  account: string,
  text: unknown,
): RowKey | null {
  const [, id = '', version = '', signed = ''] =
    /^([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{16})$/.exec(String(text ?? '').trim()) ?? [];
  if (!isId(id)) return null;
  const key = { id, version: Number(version) };
  return signature(vault, category, account, key) === signed ? key : null;
}

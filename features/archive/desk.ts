import type { Vault } from '../../server/crypto.ts';
import type { Dictionary } from './dictionary.ts';

/** What writing needs besides the transaction. */
export interface Desk {
  dictionary: Dictionary;
  vault: Vault;
}

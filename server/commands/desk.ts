import type { Desk } from '../../features/archive/desk.ts';
import { loadDictionary } from '../../features/archive/dictionary.ts';
import { createVault } from '../crypto.ts';
import type { Keys } from '../keys.ts';
import { archivePack } from './demo.ts';

/** What jobs of the archive write with. */
export function deskOf(keys: Pick<Keys, 'data' | 'blind'>): Desk {
  return { dictionary: loadDictionary(archivePack), vault: createVault(keys) };
}

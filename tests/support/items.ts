import { loadDictionary } from '../../features/archive/dictionary.ts';
import { archivePack } from '../../server/commands/demo.ts';

const pack = loadDictionary(archivePack);
const { derived: _, ...skills } = pack.item('resident', 'skills') ?? { derived: false };

/** An item and a code table of the pack, as a county would hand them back with a change. */
export const packItems = { skills, residenceKinds: pack.codes.residence_kind?.codes ?? [] };

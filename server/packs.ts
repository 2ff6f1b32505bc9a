import { join } from 'node:path';
import { programFolder } from './installation.ts';

/** Where the profiles of departments' files stand. */
export const gatherPack = join(programFolder, 'packs/gather');

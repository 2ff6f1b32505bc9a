import type { Files } from '../../../server/files/files.ts';

/** Documents' space in the store of files. */
export const space = 'documents';

/** Where the parts of one upload lie: what was uploaded, the thumbnail, and the pages from 1 on. */
export const keyOf = (files: string, part: 'original' | 'thumbnail' | number): string =>
  `${space}/${files}/${typeof part === 'number' ? `p${part}` : part}`;

/** Takes an upload's files away that no document names; what fails is left to the sweep. */
export async function discard(files: Files, id: string, pages: number): Promise<void> {
  const parts = Array.from({ length: pages }, (_, at) => at + 1);
  const keys = (['original', 'thumbnail', ...parts] as const).map((part) => keyOf(id, part));
  await files.remove(keys).catch(() => {});
}

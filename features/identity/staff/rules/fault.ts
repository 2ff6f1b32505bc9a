import type { Text } from '../../../../server/errors.ts';

/** The most rows a list may have: all officials of a county stand in one. */
export const mostRows = 3000;
/** A heading may stand under a title and a line or two. */
export const headingWithin = 6;

/** Why a file cannot be read as a list at all. */
export class TableFault extends Error {
  readonly text: Text;
  constructor(text: Text) {
    super(text.en);
    this.name = 'TableFault';
    this.text = text;
  }
}

/** @param rows how many there are, where that is known */
export const tooMany = (rows?: number): Text => ({
  zh: `名单${rows === undefined ? '行数过多' : `有 ${rows} 行`}，一次最多 ${mostRows} 行，请分成几个文件导入`,
  en: `The list has ${rows ?? 'too many'} rows, at most ${mostRows} are taken at once; split it`,
});

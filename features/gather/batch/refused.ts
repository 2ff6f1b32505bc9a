import type { Text } from '../../../server/errors.ts';

/** A file that does not fit its profile, or cannot be read: the batch is refused, with words that say why. */
export class Refused extends Error {
  readonly words: Text;
  constructor(words: Text) {
    super(words.en);
    this.words = words;
  }
}

import type { Actor } from '../../server/database/actor.ts';
import { marksOf } from '../identity/marks.ts';
import type { Session } from '../identity/sessions.ts';
import type { Dictionary } from './dictionary.ts';

/** The lines of the watermark on what is shown or taken out for a purpose of the catalogue. */
export function marksFor(
  { actor, session, purpose }: { actor: Actor; session: Session; purpose?: string | undefined },
  dictionary: Dictionary,
): string[] {
  const why = dictionary.purposes.find(({ key }) => key === purpose)?.label.zh;
  return marksOf(actor, session, why);
}

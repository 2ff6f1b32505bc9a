import { type FieldError, Problem } from '../../../../server/errors.ts';

/** What bounds the day of an act. */
export interface Bounds {
  birth?: string | null;
  /** Beginning of the stretch that the act ends or changes. */
  since?: string | null;
}

/**
 * An act happened on a day that has come, not before those concerned were born, nor before what it changes began.
 * @throws Problem invalid, naming the bound
 */
export function checkDay(day: string, today: string, { birth, since }: Bounds): void {
  if (day > today) throw wrongDay('日期：不能晚于今天', 'day: not after today');
  if (birth && day < birth)
    throw wrongDay(`日期：不能早于出生日期 ${birth}`, `day: not before the birth on ${birth}`);
  if (since && day < since)
    throw wrongDay(
      `日期：不能早于上一次变动 ${since}，请先更正那一次`,
      `day: not before the last change on ${since}; correct that one first`,
    );
}

function wrongDay(zh: string, en: string): Problem {
  const error: FieldError = { field: 'day', code: 'day', message: { zh, en } };
  return new Problem('invalid', { errors: [error] });
}

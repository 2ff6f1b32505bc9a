import type { MadeHolder, StaffRow } from '../contract.ts';

/** Rows of a CSV file that spreadsheets open; what begins like a formula is kept from being one. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** A one-time password with the phone that the list holds, which the server does not keep. */
export type Holder = MadeHolder & { phone: string };

/** The passwords made, each with the first phone that the list has for its person. */
export function withPhones(made: readonly MadeHolder[], rows: readonly StaffRow[]): Holder[] {
  const phones = new Map<string, string>();
  for (const { username, phone } of rows)
    if (phone !== '' && !phones.has(username)) phones.set(username, phone);
  return made.map((one) => ({ ...one, phone: phones.get(one.username) ?? '' }));
}

/** The one-time passwords as a sheet to hand out from. */
export const passwordSheet = (
  heading: { name: string; username: string; password: string; phone: string },
  made: readonly Holder[],
): string =>
  csvOf([
    [heading.name, heading.username, heading.password, heading.phone],
    ...made.map(({ name, username, password, phone }) => [name, username, password, phone]),
  ]);

import type { MadeHolder, Outcome, StaffPlan, StaffRow } from '../../../staff/contract.ts';

/** The most that a file may have, in bytes: what the API takes, base 64. */
export const mostBytes = 650_000;

/** A file as the API takes it: its bytes, base 64. */
export async function base64Of(file: Blob): Promise<string> {
  const reader = new FileReader();
  const read = new Promise<string>((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
  });
  reader.readAsDataURL(file);
  return (await read).replace(/^[^,]*,/, '');
}

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

/** Which rows are looked at. */
export type Sight = 'fault' | 'change' | 'unchanged' | 'all';

const sightOf = (outcome: Outcome): Sight =>
  outcome === 'fault' || outcome === 'unchanged' ? outcome : 'change';

/** The rows in sight. */
export const rowsIn = ({ rows }: StaffPlan, sight: Sight): StaffRow[] =>
  sight === 'all' ? rows : rows.filter(({ outcome }) => sightOf(outcome) === sight);

/** How many rows there are of each kind. */
export function countsOf({ rows }: StaffPlan): Record<Outcome, number> {
  const counts = { account: 0, post: 0, end: 0, unchanged: 0, fault: 0 };
  for (const { outcome } of rows) counts[outcome]++;
  return counts;
}

/** What is looked at first: the faults; without any what changes; all when nothing does. */
export function firstSight(plan: StaffPlan): Sight {
  const { fault, unchanged } = countsOf(plan);
  if (fault > 0) return 'fault';
  return unchanged < plan.rows.length ? 'change' : 'all';
}

/** Whether carrying the plan out would change anything. */
export const changes = (plan: StaffPlan): boolean =>
  plan.leavers.length > 0 || plan.rows.some(({ outcome }) => outcome !== 'unchanged');

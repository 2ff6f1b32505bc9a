import type { Outcome, StaffPlan, StaffRow } from '../../../staff/contract.ts';

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

import { countyOf } from '../../area/queries.ts';
import type { Facts } from '../rules/facts.ts';
import type { Work } from './work.ts';

/** Some households have a past: a new phone, a corrected address, and now and then two values that disagree. */
export function history(
  { chance, calendar, sheet, making, place }: Work,
  area: number,
  household: string,
  members: { id: string; facts: Facts }[],
  i: number,
): void {
  const member = members[i % members.length];
  if (!member || i % 9 !== 4) return;
  const at = `${calendar.ago(chance.between(10, 300))}T0${chance.between(1, 9)}:15:00Z`;
  const base = {
    county: countyOf(area),
    area,
    at,
    category: 'resident',
    subject: member.id,
    household,
  };
  const before = { v: `${place.short}旧址`, s: 'village', d: calendar.ago(900) };
  sheet.add('archive_change', {
    ...base,
    id: place.nextId(),
    kind: 'changed',
    item: 'residence_address',
    item_group: 'file',
    before,
    after: member.facts.residence_address,
    account: making.author,
    reason: chance.of(['走访时核实', '居民来电更正', '搬至新址']),
  });
  if (i % 27 !== 4 || !member.facts.employment) return;
  const claimed = {
    v: 'flexible',
    s: 'village',
    d: at.slice(0, 10),
    ...(making.author ? { a: making.author } : {}),
    t: at,
  };
  if (member.facts.employment.v === claimed.v) return;
  sheet.add('archive_claim', {
    county: countyOf(area),
    id: place.nextId(),
    area,
    category: 'resident',
    subject: member.id,
    item: 'employment',
    item_group: 'file',
    fact: claimed,
    account: making.author,
    reason: '本人称已改为打零工',
    at,
  });
  sheet.add('archive_change', {
    ...base,
    id: place.nextId(),
    kind: 'conflict',
    item: 'employment',
    item_group: 'file',
    before: null,
    after: claimed,
    account: making.author,
    reason: '本人称已改为打零工',
  });
}

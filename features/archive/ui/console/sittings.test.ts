import { describe, expect, it } from 'vitest';
import type { LookEntry } from '../../../audit/contract.ts';
import { sittingsOf } from './sittings.ts';

let made = 0;
const entry = (minute: number, who: string, more: Partial<LookEntry> = {}): LookEntry => ({
  id: String(made++),
  at: new Date(Date.UTC(2026, 5, 15, 2, minute)).toISOString(),
  account: { id: who, name: who },
  system: null,
  own: false,
  role: 'village_cadre',
  post: {
    id: `post of ${who}`,
    role: 'village_cadre',
    department: null,
    area: { code: '330881002205', name: '彭里村' },
  },
  kind: 'look',
  action: 'open_file',
  item: null,
  purpose: null,
  ...more,
});
const acts = (entries: LookEntry[]) =>
  sittingsOf(entries).map(({ last, acts }) => [
    last.account?.id,
    ...acts.map(({ action, times }) => `${action} ${times}`),
  ]);

describe('entries of one sitting', () => {
  it('stand together, the earliest act first, each with how often', () => {
    const entries = [
      entry(20, 'a', { action: 'reveal', item: 'phone', purpose: 'visit' }),
      entry(12, 'a'),
      entry(11, 'a', { action: 'open_changes' }),
      entry(10, 'a'),
    ];
    expect(acts(entries)).toEqual([['a', 'open_file 2', 'open_changes 1', 'reveal 1']]);
    const [sitting] = sittingsOf(entries);
    expect(sitting?.first).toBe(entries[3]);
    expect(sitting?.last).toBe(entries[0]);
    expect(sitting?.purposes).toEqual(['visit']);
  });

  it('end with half an hour of nothing, with another official, and with another post', () => {
    expect(acts([entry(41, 'a'), entry(10, 'a')])).toHaveLength(2);
    expect(acts([entry(40, 'a'), entry(10, 'a')])).toHaveLength(1);
    expect(acts([entry(12, 'a'), entry(11, 'b'), entry(10, 'a')])).toHaveLength(3);
    expect(acts([entry(11, 'a'), entry(10, 'a', { post: null })])).toHaveLength(2);
  });

  it('tell items apart', () => {
    const reveal = (minute: number, item: string) => entry(minute, 'a', { action: 'reveal', item });
    const [sitting] = sittingsOf([reveal(3, 'phone'), reveal(2, 'citizen_id'), reveal(1, 'phone')]);
    expect(sitting?.acts).toEqual([
      { action: 'reveal', item: 'phone', times: 2 },
      { action: 'reveal', item: 'citizen_id', times: 1 },
    ]);
  });
});

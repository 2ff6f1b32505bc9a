import { randomUUID } from 'node:crypto';
import type { ItemGroup } from '../../../features/identity/roles.ts';
import { createVault } from '../../../server/crypto.ts';
import type { TestApp } from '../../support/app.ts';
import { rangeOf } from './places.ts';

/** As much of the world as is needed here. */
interface Ground {
  t: TestApp;
  owner(text: string, values?: unknown[]): Promise<unknown>;
}
interface Settled {
  records: { resident: string };
  code: string;
  mark: string;
  holder: { id: string; post: string };
}
interface Kept {
  owner: Ground['owner'];
  places: Readonly<Record<string, { requests: Requests }>>;
}

/** What residents have applied for in a place: a correction of an item of each group, and a deletion. */
export interface Requests {
  corrections: Readonly<Record<ItemGroup, string>>;
  deletion: string;
}

/** An item of a resident for each group that has any. */
export const corrected = {
  file: 'employer',
  contact: 'phone',
  identity: 'other_document_number',
  health: 'family_doctor',
  ethnic: 'ethnic',
  welfare: 'assistance_status',
  minor: 'school',
} as const;
export type Corrected = keyof typeof corrected;

/** Puts open applications on record, in the name of the place's holder. */
export async function keepRequests(
  { owner, t }: Ground,
  { records: { resident }, code, mark, holder }: Settled,
): Promise<Requests> {
  const area = rangeOf(code).lo;
  const county = Math.floor(area / 1e9);
  const vault = createVault(t.keys);
  const corrections: Record<string, string> = {};
  for (const [group, item] of Object.entries(corrected)) {
    const id = randomUUID();
    corrections[group] = id;
    await owner(
      `insert into correction (county, id, area, subject, item, item_group, asker, asked_at, asked_by, asked_post, due_on, provisional)
        values ($1, $2, $3, $4, $5, $6, 'self', $7, $8, $9, '2026-07-07', false)`,
      [county, id, area, resident, item, group, t.clock.now, holder.id, holder.post],
    );
    const said = { value: `${mark}值`, wrong: `${mark}错`, proof: `${mark}证` };
    await owner(
      `insert into correction_content (county, id, area, subject, item_group, said) values ($1, $2, $3, $4, $5, $6)`,
      [county, id, area, resident, group, vault.sealBytes(Buffer.from(JSON.stringify(said)))],
    );
  }
  const deletion = randomUUID();
  await owner(
    `insert into deletion (county, id, area, category, subject, ground, asker, asked_at, asked_by, asked_post, due_on)
      values ($1, $2, $3, 'resident', $4, 'consent_withdrawn', 'self', $5, $6, $7, '2026-07-07')`,
    [county, deletion, area, resident, t.clock.now, holder.id, holder.post],
  );
  return { corrections: corrections as Requests['corrections'], deletion };
}

/** Brings the applications of the places back to open. */
export async function reopen({ owner }: Pick<Kept, 'owner'>): Promise<void> {
  await owner(
    `update correction set state = 'open', outcome = null, decided_at = null, decided_by = null, decided_post = null where state <> 'open'`,
  );
  await owner('update correction_content set answer = null where answer is not null');
  await owner(
    `update deletion set state = 'open', decided_at = null, decided_by = null, decided_post = null, answer = null where state <> 'open'`,
  );
}

/** Takes away the applications that a cell has added. */
export async function takeAway(world: Kept): Promise<void> {
  const requests = Object.values(world.places).map((place) => place.requests);
  const corrections = requests.flatMap((one) => Object.values(one.corrections));
  await world.owner('delete from correction_content where not id = any ($1)', [corrections]);
  await world.owner('delete from correction where not id = any ($1)', [corrections]);
  await world.owner('delete from deletion where not id = any ($1)', [
    requests.map(({ deletion }) => deletion),
  ]);
  await reopen(world);
}

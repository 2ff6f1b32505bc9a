import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { CategoryKey } from '../../../features/archive/contract.ts';
import {
  type Dictionary,
  type Item,
  loadDictionary,
} from '../../../features/archive/dictionary.ts';
import type { RoleKey } from '../../../features/identity/contract.ts';
import { demoPassword } from '../../../features/identity/demo.ts';
import { hashPassword } from '../../../features/identity/passwords.ts';
import { archivePack } from '../../../server/commands/demo.ts';
import { type Caller, startApp, type TestApp } from '../../support/app.ts';
import { photo, upload } from '../../support/uploads.ts';
import { madeAreas, type PlaceKey, places, rangeOf } from './places.ts';
import { keepRequests, type Requests } from './requests.ts';
import { keepRows, type Rows } from './rows.ts';
import { valueFor } from './values.ts';

/** The records of one place: one of each category, tied together, and a resident who lives in no household. */
export interface Place {
  key: PlaceKey;
  code: string;
  /** What all free text of its records begins with. */
  mark: string;
  records: Readonly<Record<CategoryKey | 'loner', string>>;
  /** A document of each group. */
  documents: Readonly<Record<DocumentKey, string>>;
  /** Somebody with a post here, for operations on accounts and posts, and a job of theirs. */
  holder: Account;
  job: string;
  /** What the resident has applied for. */
  requests: Requests;
  /** An act of life, a file that arrives and one that left. */
  event: string;
  arrival: string;
  departure: string;
  /** A building that no dwelling names. */
  building: string;
  /** Rows of departments' files about the resident. */
  rows: Rows;
}

/** A kind of document for each group that has any (packs/archive/documents.yaml), by category and group. */
export const documentKinds = {
  'resident file': 'consent',
  'resident identity': 'id_card_front',
  'resident health': 'diagnosis',
  'resident welfare': 'assistance_proof',
  'resident minor': 'guardian_proof',
  'household file': 'register_cover',
  'household economy': 'income_proof',
  'housing file': 'house_photo',
} as const;
export type DocumentKey = keyof typeof documentKinds;

/** An account with its post. */
export interface Account {
  id: string;
  username: string;
  post: string;
}

/** What a post of the matrix is. */
export interface PostOf {
  role: RoleKey;
  department?: string | null;
  area: string;
  since?: string;
  until?: string | null;
}

/** The demo district with the matrix's own places, records and accounts in it. */
export interface World {
  t: TestApp;
  dictionary: Dictionary;
  places: Readonly<Record<PlaceKey, Place>>;
  /** An invented paper, small. */
  paper: Buffer;
  /** Runs SQL as the owner, behind the gate's back. */
  owner<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  /** Makes an account, with a post where one is given. */
  account(post: PostOf | null): Promise<Account>;
  /** Makes a job that the account started under a post, or brings it back to that state. */
  job(account: string, post: string, id: string, state: string): Promise<void>;
  close(): Promise<void>;
}

const categories: readonly CategoryKey[] = [
  'resident',
  'household',
  'housing',
  'premises',
  'organisation',
];

/** Clones the template and builds the matrix's places into it. */
export async function makeWorld(): Promise<World> {
  const t = await startApp();
  const client = new pg.Client(t.owner);
  await client.connect();
  const hash = await hashPassword(demoPassword);
  let accounts = 0;
  const owner: World['owner'] = async (text, values = []) =>
    (await client.query(text, values)).rows;
  const world = {
    t,
    dictionary: loadDictionary(archivePack),
    paper: await photo('虚构', { width: 120, height: 80 }),
    owner,
    async account(post: PostOf | null): Promise<Account> {
      const made = { id: randomUUID(), username: `matrix${++accounts}`, post: randomUUID() };
      // An account of the demo: the fixed password, no second factor.
      await owner(
        `insert into account (id, username, name, password_hash, demo, created_at) values ($1, $2, $3, $4, true, $5)`,
        [made.id, made.username, `矩阵${accounts}`, hash, t.clock.now],
      );
      if (!post) return made;
      const { lo, hi } = rangeOf(post.area);
      const { role, department = null, area, since = '2026-01-01', until = null } = post;
      await owner(
        'insert into post (id, account, role, department, area, lo, hi, since, until, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
        [made.post, made.id, role, department, area, lo, hi, since, until, t.clock.now],
      );
      return made;
    },
    async job(account: string, post: string, id: string, state: string) {
      await owner(
        `insert into job (id, kind, account, post, role, lo, hi, state, due_at, created_at)
          select $1, 'matrix', $2, id, role, lo, hi, $4, '2099-01-01', '2026-06-01' from post where id = $3
          on conflict (id) do update set state = excluded.state, ended_at = null`,
        [id, account, post, state],
      );
      await owner(
        `insert into job_content (job, account, post, input) values ($1, $2, $3, '') on conflict do nothing`,
        [id, account, post],
      );
    },
    async close() {
      await client.end();
      await t.close();
    },
  };
  for (const [code, name] of madeAreas) {
    const { lo, hi } = rangeOf(code);
    const level = { 4: 2, 6: 3, 9: 4, 12: 5 }[code.length];
    const parent = code.slice(0, { 4: 2, 6: 4, 9: 6, 12: 9 }[code.length]);
    await owner(
      `insert into area (code, parent, level, name, lo, hi, search) values ($1, $2, $3, $4, $5, $6, '')`,
      [code, parent, level, name, lo, hi],
    );
  }
  const made: Partial<Record<PlaceKey, Place>> = {};
  for (const [i, key] of (Object.keys(places) as PlaceKey[]).entries())
    made[key] = await fill(world, key, `甄${'天地玄黄宇宙洪荒日月盈'[i]}`);
  return { ...world, places: made as Record<PlaceKey, Place> };
}

type Ground = Omit<World, 'places'>;

/** Fills a place over the API, as its own village's cadre, with every item of every category. */
async function fill(world: Ground, key: PlaceKey, mark: string): Promise<Place> {
  const code = places[key];
  const cadre = await world.account({ role: 'village_cadre', area: code.slice(0, 12) });
  const caller = await world.t.signIn(cadre.username);
  const add = async (category: CategoryKey, more: object = {}): Promise<string> =>
    (
      await expectOk(
        caller.send('POST', pathOf(category), {
          area: code,
          items: itemsOf(world.dictionary, category, mark, 0),
          ...more,
        }),
      )
    ).json().id;
  const household = await add('household');
  const resident = await add('resident', { household: { id: household, relation: '01' } });
  const records = {
    household,
    resident,
    loner: await add('resident'),
    housing: await add('housing'),
    premises: await add('premises'),
    organisation: await add('organisation'),
  };
  await expectOk(
    caller.send('POST', `/households/${household}/housing`, {
      housing: records.housing,
      kind: 'lives',
    }),
  );
  await expectOk(
    caller.send('POST', `/premises/${records.premises}/people`, { resident, role: 'operator' }),
  );
  for (const category of categories)
    await giveHistory(world, caller, category, records[category], mark);
  const documents = await keepDocuments(world, caller, records, mark);
  const holder = await world.account({ role: 'grid_worker', area: code });
  // Not of the demo, whose accounts keep their password.
  await world.owner('update account set demo = false where id = $1', [holder.id]);
  const job = randomUUID();
  await world.job(holder.id, holder.post, job, 'queued');
  const life = await keepLife(world, code, records, holder.id);
  const building = (
    await expectOk(
      caller.send('POST', '/buildings', { area: code, kind: 'building', name: `${mark}1幢` }),
    )
  ).json().id;
  const place = { key, code, mark, records, documents, holder, job, building, ...life };
  const requests = await keepRequests(world, place);
  return { ...place, requests, rows: await keepRows(world, place) };
}

/** An act of life in the register, and hand-overs from and to a village where the matrix has nothing else. */
async function keepLife(
  { owner }: Ground,
  code: string,
  { household, resident, loner }: Place['records'],
  account: string,
): Promise<Pick<Place, 'event' | 'arrival' | 'departure'>> {
  const made = { event: randomUUID(), arrival: randomUUID(), departure: randomUUID() };
  const { lo } = rangeOf(code);
  await owner(
    `insert into life_event (county, id, area, kind, day, household, residents, item_group, proof, account, at)
      values ($1::bigint / 1000000000, $2, $1, 'change_head', '2026-05-01', $3, array[$4::uuid], 'file', 'village_statement', $5, '2026-05-01')`,
    [lo, made.event, household, resident, account],
  );
  const far = rangeOf('330824001001').lo;
  const village = rangeOf(code.slice(0, 12)).lo;
  for (const [id, area, to, who] of [
    [made.arrival, far, village, randomUUID()],
    [made.departure, lo, far, loner],
  ])
    await owner(
      `insert into handover (county, id, area, to_lo, event, resident, name, from_name, to_name, day, asked_by, asked_at)
        values ($1::bigint / 1000000000, $2, $1, $3, $2, $4, '远来人', '外村', '他村', '2026-05-01', $5, '2026-05-01')`,
      [area, id, to, who, account],
    );
  return made;
}

/** One file in the store, and for each group a document that shows it: to draw pages for every place takes long. */
async function keepDocuments(
  world: Ground,
  caller: Caller,
  records: Place['records'],
  mark: string,
): Promise<Place['documents']> {
  const { t, owner } = world;
  const [kept] = await owner<{ id: string }>(
    "select id from document where kind = 'house_photo' limit 1",
  );
  const model =
    kept?.id ??
    (
      await expectOk(
        upload(
          t.app,
          caller,
          `/housing/${records.housing}`,
          { kind: 'house_photo', title: mark },
          world.paper,
        ),
      )
    ).json().id;
  const made: Partial<Record<DocumentKey, string>> = {};
  for (const [key, kind] of Object.entries(documentKinds) as [DocumentKey, string][]) {
    const [category = '', group] = key.split(' ');
    const id = randomUUID();
    // Not the only one of its kind, so that another can be uploaded.
    await owner(
      `insert into document (county, id, area, category, subject, kind, item_group, title, media_type, size, sha256, pages,
           files, series, version, single, uploaded_at, uploaded_by, post)
         select r.county, $1::uuid, r.area, $2, r.id, $3, $4, $5, media_type, size, sha256, pages, files, $1, 1, false,
           uploaded_at, uploaded_by, post from document d, ${category} r where d.id = $6 and r.id = $7`,
      [id, category, kind, group, `${mark}${kind}`, model, records[category as 'resident']],
    );
    made[key] = id;
  }
  return made as Record<DocumentKey, string>;
}

/**
 * Gives a record a past in every group: each value is made its authority's, then all are edited. What the
 * village may change is changed, against all others a claim stands.
 */
async function giveHistory(
  world: Ground,
  caller: Caller,
  category: CategoryKey,
  id: string,
  mark: string,
): Promise<void> {
  const items = world.dictionary.categories[category].items;
  const sources = Object.fromEntries(items.map(({ key, source }) => [key, { s: source }]));
  for (const group of new Set(items.map((item) => item.group))) {
    await world.owner(
      `update ${category}_${group} set facts = (select jsonb_object_agg(key, value || coalesce($2::jsonb -> key, '{}')) from jsonb_each(facts))
        where id = $1`,
      [id, JSON.stringify(sources)],
    );
  }
  const [row] = await world.owner<{ version: number }>(
    `select version from ${category} where id = $1`,
    [id],
  );
  await expectOk(
    caller.send(
      'PATCH',
      `${pathOf(category)}/${id}`,
      { items: itemsOf(world.dictionary, category, mark, 1), reason: `${mark}更正` },
      { 'if-match': `"${row?.version}"` },
    ),
  );
}

/** Every item of a category that is filled in by hand. A date of death would take the tags away. */
export function itemsOf(
  dictionary: Dictionary,
  category: CategoryKey,
  mark: string,
  turn: number,
): Record<string, unknown> {
  return Object.fromEntries(
    filled(dictionary, category).map((item) => [item.key, valueFor(item, mark, dictionary, turn)]),
  );
}

/** The items of `itemsOf`. */
export const filled = (dictionary: Dictionary, category: CategoryKey): Item[] =>
  dictionary.categories[category].items.filter((item) => !item.derived && item.key !== 'death');

/** The path of a category's list under /api/v1. */
export const pathOf = (category: CategoryKey): string =>
  category === 'housing' || category === 'premises' ? `/${category}` : `/${category}s`;

async function expectOk<T extends { statusCode: number; body: string }>(
  answer: Promise<T>,
): Promise<T> {
  const got = await answer;
  if (got.statusCode >= 300) throw new Error(`${got.statusCode} ${got.body}`);
  return got;
}

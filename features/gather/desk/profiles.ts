import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { Problem } from '../../../server/errors.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { countyOf } from '../../area/queries.ts';
import type { Draft, ProfileLine } from '../contract.ts';
import { profileFrom } from '../profile/load.ts';
import type { Profile } from '../rows.ts';
import { draftText, faultsAt } from './draft.ts';

interface Saved {
  key: string;
  version: number;
  source: string;
  body: string;
}

/** How a batch names a version of a county's own profile. */
const nameOf = ({ key, version }: Pick<Saved, 'key' | 'version'>): string => `${key}.v${version}`;

/**
 * A saved profile as it is read. One that the dictionary no longer allows is none: its files are refused, not misread.
 */
function profileOfSaved(saved: Saved, dictionary: Dictionary): Profile | undefined {
  const { profile } = profileFrom(saved.body, dictionary);
  return profile && { ...profile, key: nameOf(saved) };
}

/** The newest versions of the counties' own profiles that are in sight. */
export async function ownProfiles(
  tx: Pick<Queries, 'rows'>,
  dictionary: Dictionary,
): Promise<Profile[]> {
  const saved = await tx.rows(sql<Saved>`
    select distinct on (key) key, version, source, body from gather_profile order by key, version desc`);
  return saved.flatMap((one) => profileOfSaved(one, dictionary) ?? []);
}

/** A county's own profile by the name that a batch gives it, as key.v2. */
export async function ownProfile(
  tx: Pick<Queries, 'first'>,
  name: string,
  dictionary: Dictionary,
): Promise<Profile | undefined> {
  const [, key, version] = /^([a-z][a-z0-9_]*)\.v(\d{1,6})$/.exec(name) ?? [];
  if (!key) return undefined;
  const saved = await tx.first(sql<Saved>`
    select key, version, source, body from gather_profile where key = ${key} and version = ${Number(version)}`);
  return saved && profileOfSaved(saved, dictionary);
}

/**
 * The profile of a name for files of a source, shipped or own.
 * @throws Problem invalid
 */
export async function requireProfile(
  tx: Tx,
  shipped: readonly Profile[],
  dictionary: Dictionary,
  { name, source }: { name: string; source: string },
): Promise<Profile> {
  const found = shipped.find(({ key }) => key === name) ?? (await ownProfile(tx, name, dictionary));
  if (found?.source === source) return found;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'profile',
        code: 'unknown',
        message: {
          zh: '方案：本部门没有这个方案，请重新选择',
          en: 'profile: the department has no such profile; choose another',
        },
      },
    ],
  });
}

/** A profile as it is chosen. */
export function lineOf(profile: Profile): ProfileLine {
  const version = /\.v(\d+)$/.exec(profile.key)?.[1];
  return {
    key: profile.key,
    label: profile.label,
    source: profile.source,
    own: version !== undefined,
    version: version === undefined ? null : Number(version),
    columns: profile.columns.map(({ column }) => column),
  };
}

/**
 * Saves a profile as a new one, or as the next version of an own one.
 * @throws Problem invalid with each fault at its column; not-found for the version of none
 */
export async function saveProfile(
  tx: Tx,
  dictionary: Dictionary,
  { source, key, draft }: { source: string; key: string | undefined; draft: Draft },
): Promise<{ key: string; version: number }> {
  const county = countyOf(tx.actor.scope?.lo ?? 0);
  // Two who save at once wait for each other, so that each gets a number of its own.
  await tx.first(
    sql`select pg_advisory_xact_lock(hashtextextended(${`gather_profile ${county} ${source}`}, 0))`,
  );
  const next = await nextOf(tx, { county, source, key });
  const body = draftText(draft, next.key, source);
  const { profile, faults } = profileFrom(body, dictionary);
  if (!profile) throw faulty(faultsAt(faults, draft));
  const { account, post, now } = tx.actor;
  await tx.count(sql`
    insert into gather_profile (county, key, version, source, zh, en, body, account, post, created_at)
    values (${county}, ${next.key}, ${next.version}, ${source}, ${profile.label.zh}, ${profile.label.en}, ${body},
      ${account}, ${post?.id ?? null}, ${now})`);
  return next;
}

async function nextOf(
  tx: Tx,
  { county, source, key }: { county: number; source: string; key: string | undefined },
): Promise<{ key: string; version: number }> {
  if (key !== undefined) {
    const last = await tx.first(sql<{ version: number | null }>`
      select max(version) as version from gather_profile where key = ${key} and source = ${source}`);
    if (!last?.version) throw new Problem('not-found');
    return { key, version: last.version + 1 };
  }
  const made = await tx.first(sql<{ n: number }>`
    select count(distinct key)::int as n from gather_profile where county = ${county} and source = ${source}`);
  return { key: `c${county}_${source.replaceAll('-', '_')}_${(made?.n ?? 0) + 1}`, version: 1 };
}

function faulty(faults: ReturnType<typeof faultsAt>): Problem {
  return new Problem('invalid', {
    errors: faults.map(({ column, field, message }) => ({
      field: column === null ? (field ?? 'draft') : `columns.${column}`,
      code: 'profile',
      message,
    })),
  });
}

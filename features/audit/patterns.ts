import type { Tx } from '../../server/database/actor.ts';
import { type Sql, sql } from '../../server/database/sql.ts';
import type { PatternHit, PatternKey, PatternRules } from './contract.ts';
import { beginningOfDay } from './entries.ts';

/** First and last day looked through. */
export interface Period {
  from: string;
  until: string;
}

interface HitRow {
  account: string | null;
  username: string | null;
  name: string | null;
  from_at: string;
  until_at: string;
  files: number;
  acts: number;
  most: number | null;
  tie: PatternHit['tie'];
  category: string | null;
  subject: string | null;
}

/** The most places that one pattern is answered with. */
const most = 200;

/** Looks for a pattern in a period, as far as the auditor's area reaches; what stands out most comes first. */
export async function findPattern(
  tx: Tx,
  pattern: PatternKey,
  rules: PatternRules,
  period: Period,
): Promise<PatternHit[]> {
  const rows = await tx.rows(queries[pattern](within(period), rules));
  return rows.map((row) => ({
    account: row.account
      ? { id: row.account, username: row.username ?? '', name: row.name ?? '' }
      : null,
    from: row.from_at,
    until: row.until_at,
    files: row.files,
    acts: row.acts,
    most: row.most,
    tie: row.tie,
    category: row.category,
    subject: row.subject,
  }));
}

interface Instants {
  from: Sql;
  until: Sql;
}

function within({ from, until }: Period): Instants {
  return {
    from: sql`${beginningOfDay(from)}::timestamptz`,
    until: sql`(${beginningOfDay(until)}::timestamptz + interval '1 day')`,
  };
}

const aFile = sql`e.kind = 'look' and e.subject is not null and e.account is not null`;

type Query = (period: Instants, rules: PatternRules) => Sql<HitRow>;

/**
 * Many files in a short time. A file counts once within a span of that length; spans that meet the threshold and
 * touch each other are told as one.
 */
const manyFiles: Query = ({ from, until }, { many_files: { files, minutes } }) => {
  const span = sql`make_interval(mins => ${minutes}::int)`;
  return sql<HitRow>`
    with looked as (
      select e.account, e.at, lag(e.at) over (partition by e.account, e.subject order by e.at) as before
        from audit_entry e where e.at >= ${from} and e.at < ${until} and ${aFile}),
    counted as (
      select account, at, count(*) over (partition by account order by at range between ${span} preceding and current row) as n
        from looked where before is null or before < at - ${span}),
    dense as (
      select account, at, n, coalesce(lag(at) over (partition by account order by at) < at - ${span}, true) as fresh
        from counted where n >= ${files}::int),
    numbered as (
      select account, at, n, count(*) filter (where fresh) over (partition by account order by at) as episode from dense),
    episode as (
      select account, min(at) - ${span} as from_at, max(at) as until_at, max(n)::int as most
        from numbered group by account, episode order by max(n) desc limit ${most})
    select s.account, a.username, a.name, f.from_at, s.until_at, f.files, f.acts, s.most,
           null as tie, null as category, null as subject
      from episode s join account a on a.id = s.account
     cross join lateral (
       select count(distinct e.subject)::int as files, sum(e.times)::int as acts, min(e.at) as from_at from audit_entry e
        where e.account = s.account and e.at >= s.from_at and e.at <= s.until_at and ${aFile}) f
     order by s.most desc, f.from_at desc`;
};

/** Files looked at during the night, a night of an account each. */
const atNight: Query = ({ from, until }, { at_night: hours }) => {
  const local = sql`(e.at at time zone 'Asia/Shanghai')`;
  return sql<HitRow>`
    select e.account, a.username, a.name, min(e.at) as from_at, max(e.at) as until_at,
           count(distinct e.subject)::int as files, sum(e.times)::int as acts, null::int as most,
           null as tie, null as category, null as subject
      from audit_entry e join account a on a.id = e.account
     where e.at >= ${from} and e.at < ${until} and ${aFile}
       and (extract(hour from ${local}) >= ${hours.from}::int or extract(hour from ${local}) < ${hours.until}::int)
     group by e.account, a.username, a.name, (${local} - make_interval(hours => ${hours.until}::int))::date
     order by files desc, from_at desc limit ${most}`;
};

/** Files of a person with the official's own name, or of the household where one lives; worked out in the database. */
const relatives: Query = ({ from, until }) => sql<HitRow>`
    select h.account, a.username, a.name, h.first_at as from_at, h.last_at as until_at,
           1 as files, h.looks::int as acts, null::int as most, h.tie, h.category, h.subject
      from gate_relatives(${from}, ${until}) h join account a on a.id = h.account
     order by acts desc, from_at desc limit ${most}`;

/** Refusals of one account with no success between them. That a purpose was still to be stated counts as none. */
const refusals: Query = ({ from, until }, { refusals: { times } }) => {
  const counts = sql`e.at >= ${from} and e.at < ${until} and coalesce(e.detail, '') <> 'purpose-required'`;
  return sql<HitRow>`
    with refused as (
      select e.account from audit_entry e where ${counts} and e.kind = 'refusal' and e.account is not null
       group by e.account having sum(e.times) >= ${times}::int),
    acts as (
      select e.*, count(*) filter (where e.kind <> 'refusal') over (partition by e.account order by e.at, e.xid) as run
        from audit_entry e join refused using (account) where ${counts})
    select x.account, a.username, a.name, min(x.at) as from_at, max(x.at) as until_at,
           count(distinct x.subject)::int as files, sum(x.times)::int as acts, null::int as most,
           null as tie, null as category, null as subject
      from acts x join account a on a.id = x.account
     where x.kind = 'refusal' group by x.account, a.username, a.name, x.run having sum(x.times) >= ${times}::int
     order by acts desc, from_at desc limit ${most}`;
};

const queries = {
  many_files: manyFiles,
  at_night: atNight,
  relatives,
  refusals,
} as const satisfies Record<PatternKey, Query>;

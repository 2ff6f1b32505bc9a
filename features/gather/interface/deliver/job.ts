import Type from 'typebox';
import { sql } from '../../../../server/database/sql.ts';
import type { Queries } from '../../../../server/database/steward.ts';
import { newId } from '../../../../server/ids.ts';
import { defineSystemJob, type JobKind } from '../../../../server/jobs/kind.ts';
import { type ChangesDesk, readChanges, sealChanges } from '../changes.ts';
import type { Changed } from '../contract.ts';
import { cursorOf, keptDays, secondsOf } from '../cursor.ts';
import { contentDigest, messageOf } from '../signature/message.ts';
import { signatureFields } from '../signature/sign.ts';
import { type Networks, networksOf } from './address.ts';
import { type Answer, send } from './send.ts';

export const deliverKind = 'gather.deliver';

/** Changes of one sending. */
const atOnce = 100;

/** Sendings to one system in one run: then others have their turn. */
const mostSendings = 50;

const minute = 60_000;
const day = 86_400_000;

/** After so long without a good answer an address is given up. */
export const givenUpAfter = 3 * day;

/** How long is waited after a number of refused tries: a minute, doubling, up to an hour. */
export function waitAfter(tries: number): number {
  return Math.min(60, 2 ** Math.min(tries - 1, 6)) * minute;
}

/** What the job needs of the installation. */
export interface DeliverParts {
  desk(): ChangesDesk;
  /** Private ranges that may be sent to. */
  networks: readonly string[];
}

interface Due {
  system: string;
  name: string;
  webhook: string;
  lo: number;
  hi: number;
  after: number;
  tries: number;
  failing_since: string | null;
}

/** One page of changes on its way. */
interface Page {
  due: Due;
  events: Changed[];
  upto: number;
}

/**
 * Sends changes to the addresses of systems, to each in their order: the next page only when the one before was answered
 * well. It tells at least once; the ids of changes tell what was told before.
 */
export function deliverJob({ desk, networks: ranges }: DeliverParts): JobKind {
  const networks = networksOf(ranges);
  return defineSystemJob({
    kind: deliverKind,
    label: { zh: '推送档案变更', en: 'Sending changes' },
    input: Type.Object({}),
    cron: '* * * * *',
    oneRow: true,
    stages: { sending: { zh: '推送', en: 'Sending' } },
    start: { sent: 0 },
    async run({ state, step, read, progress, now }) {
      while (await read((tx) => sealChanges(tx, now())));
      const due = await read((tx) => dueSystems(tx, now()));
      for (const one of due) await sendAll(one);
      await step(async (tx, before) => {
        await clearOld(tx, now());
        return before;
      });
      return undefined;

      async function sendAll(first: Due): Promise<void> {
        let next: Due | undefined = first;
        for (let sendings = 0; next && sendings < mostSendings; sendings++)
          next = await sendNext(next);
      }

      /** Sends the next page. @returns where to go on; nothing when all was sent, or it was refused */
      async function sendNext(one: Due): Promise<Due | undefined> {
        const { items, upto, isAll } = await read(async (tx) => {
          await tx.first(sql`select set_config('minqing.system', ${one.system}, true)`);
          return readChanges(tx, desk(), one.after, atOnce, now());
        });
        if (items.length === 0) {
          if (upto > one.after) await step(keeping((tx) => skip(tx, one, upto)));
          return isAll ? undefined : { ...one, after: upto };
        }
        const page: Page = { due: one, events: items, upto };
        const answer = await sendPage(page);
        const isGood = 'status' in answer && answer.status >= 200 && answer.status < 300;
        const kept = isGood
          ? keeping((tx) => received(tx, page, answer, now()))
          : keeping((tx) => refused(tx, page, answer, now()));
        progress(state.sent + 1, null, 'sending');
        await step(kept);
        if (!isGood || isAll) return undefined;
        return { ...one, after: upto, tries: 0, failing_since: null };
      }

      async function sendPage({ due: one, events, upto }: Page): Promise<Answer> {
        const at = secondsOf(now());
        const body = JSON.stringify({
          system: one.system,
          events,
          next: cursorOf({ n: upto, at }),
        });
        const secrets = await read((tx) => secretsOf(tx, one.system, now()));
        return send(
          { address: one.webhook, headers: signed(one, secrets, body, at), body },
          networks,
        );
      }

      async function secretsOf(tx: Queries, system: string, at: Date): Promise<string[]> {
        const row = await tx.first(sql<{ secrets: string[] }>`
          select secrets from gate_system_secrets(${system}, ${at})`);
        return (row?.secrets ?? []).map((sealed) => desk().vault.open(sealed));
      }

      function keeping(work: (tx: Queries) => Promise<unknown>) {
        return async (tx: Queries, before: { sent: number }) => {
          await work(tx);
          return { sent: before.sent + 1 };
        };
      }
    },
  });
}

/** The fields of a sending: content, digest, and a signature for each secret in force. */
function signed(
  { system, webhook }: Due,
  secrets: readonly string[],
  body: string,
  created: number,
): Record<string, string> {
  const url = new URL(webhook);
  const fields: Record<string, string> = {
    'content-type': 'application/json',
    'content-digest': contentDigest(body),
  };
  const target = `${url.pathname}${url.search}`;
  const message = messageOf('POST', target, url.host, (name) => fields[name]);
  const signer = { keyid: system, secrets, created, nonce: newId() };
  return { ...fields, ...signatureFields(message, ['content-digest'], signer) };
}

function dueSystems(tx: Queries, now: Date): Promise<Due[]> {
  return tx.rows(sql<Due>`
    select w.system, s.name, s.webhook, w.lo, w.hi, w.after, w.tries, w.failing_since
      from gather_webhook w join gather_system s on s.id = w.system
     where s.ended_at is null and s.webhook is not null and w.dead_at is null and (w.next_at is null or w.next_at <= ${now})
     order by w.next_at nulls first, w.system`);
}

/** Nothing of these was for the system. */
function skip(tx: Queries, { system, after }: Due, upto: number): Promise<number> {
  return tx.count(
    sql`update gather_webhook set after = ${upto} where system = ${system} and after = ${after}`,
  );
}

async function received(tx: Queries, page: Page, answer: Answer, now: Date): Promise<void> {
  const { due, upto } = page;
  // Somebody may have said meanwhile from where to send anew: then that holds.
  await tx.count(sql`
    update gather_webhook set after = ${upto}, tries = 0, failing_since = null, next_at = null
     where system = ${due.system} and after = ${due.after}`);
  await log(tx, page, 'received', answer, now);
}

async function refused(tx: Queries, page: Page, answer: Answer, now: Date): Promise<void> {
  const { due } = page;
  const since = due.failing_since === null ? now : new Date(due.failing_since);
  const isDead = now.getTime() - since.getTime() >= givenUpAfter;
  const tries = due.tries + 1;
  await tx.count(sql`
    update gather_webhook set tries = ${tries}, failing_since = ${since}, next_at = ${new Date(now.getTime() + waitAfter(tries))},
           dead_at = ${isDead ? now : null}::timestamptz
     where system = ${due.system} and after = ${due.after}`);
  await log(tx, page, isDead ? 'dead' : 'refused', answer, now);
}

/** A line for each page: its tries are counted in it. Nothing that was sent, and nothing that was answered but a status. */
async function log(
  tx: Queries,
  { due: { system, lo, hi, after }, events, upto }: Page,
  state: 'received' | 'refused' | 'dead',
  answer: Answer,
  now: Date,
): Promise<void> {
  const said = 'status' in answer ? String(answer.status) : answer.fault;
  const again = await tx.count(sql`
    update gather_delivery set state = ${state}, tries = tries + 1, answer = ${said}, last_at = ${now}, upto = ${upto},
           events = ${events.length}
     where id = (select id from gather_delivery where system = ${system} order by number desc limit 1)
       and after = ${after} and state = 'refused'`);
  if (again > 0) return;
  await tx.count(sql`
    insert into gather_delivery (id, system, lo, hi, after, upto, events, state, tries, answer, first_at, last_at)
    values (${newId(now.getTime())}, ${system}, ${lo}, ${hi}, ${after}, ${upto}, ${events.length}, ${state}, 1, ${said}, ${now}, ${now})`);
}

/** Clears what has had its time. */
async function clearOld(tx: Queries, now: Date): Promise<void> {
  const before = (milliseconds: number): Date => new Date(now.getTime() - milliseconds);
  await tx.count(sql`delete from gather_nonce where at < ${before(15 * minute)}`);
  await tx.count(sql`delete from gather_receipt where at < ${before(7 * day)}`);
  await tx.count(sql`delete from gather_delivery where last_at < ${before(keptDays * day)}`);
  await tx.count(sql`delete from archive_event where at < ${before(keptDays * day)}`);
}

export type { Networks };

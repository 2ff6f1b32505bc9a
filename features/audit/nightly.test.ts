import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { isDue, verifyNightly } from './nightly.ts';
import { sealKey } from './seal/batch.ts';
import type { SealerParts } from './seal/parts.ts';
import { sealBatch } from './seal/sealing.ts';

let t: TestApp;
let owner: pg.Client;
let village: Caller;
let parts: SealerParts;
const said: string[] = [];
beforeAll(async () => {
  t = await startApp();
  owner = new pg.Client(t.owner);
  await owner.connect();
  village = await t.signIn('village');
  parts = {
    owner: t.owner,
    key: sealKey(t.keys),
    clock: () => t.clock.now,
    head: join('/nonexistent', 'last-seal.txt'),
    witness: undefined,
    report: (words) => said.push(words),
  };
});
afterAll(async () => {
  await owner.end();
  await t.close();
});

async function sealEverything(): Promise<void> {
  for (;;) {
    if ((await sealBatch(owner, parts.key, t.clock.now)) > 0) continue;
    const { rows } = await owner.query(
      'select count(*) as n from audit_entry where xid >= (select coalesce(max(upto_xid), 0) from audit_seal)',
    );
    if (rows[0].n === 0) return;
  }
}
const nightly = () => verifyNightly(parts, new AbortController().signal);

describe('the night’s verification', () => {
  it('is due once a day, from two in the morning on', () => {
    const at = (text: string) => new Date(`2026-06-${text}:00+08:00`);
    expect(isDue(at('15T10:00'), null)).toBe(true);
    expect(isDue(at('15T01:59'), at('14T02:00'))).toBe(false);
    expect(isDue(at('15T02:00'), at('14T02:00'))).toBe(true);
    expect(isDue(at('15T02:00'), at('15T01:59'))).toBe(true);
    expect(isDue(at('15T23:59'), at('15T02:00'))).toBe(false);
    expect(isDue(at('20T12:00'), at('15T02:00'))).toBe(true);
  });

  it('tells the auditor that all is whole, and then rests until the next night', async () => {
    await village.get('/areas/330881002205/book');
    await sealEverything();
    expect(await nightly()).toMatchObject({ finding: null, unsealed: 0 });
    expect(await nightly()).toBeUndefined();
    const auditor = await t.signIn('auditor');
    const state = (await auditor.get('/audit/seals')).json();
    expect(state).toMatchObject({
      last: { number: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      check: { at: t.clock.now.toISOString(), finding: null, witnessed: false },
    });
    expect(said).toEqual([]);
  });

  it('says what it found, on the console and to the auditor', async () => {
    const { rows } = await owner.query(
      "update audit_entry set purpose = 'visit' where action = 'open_book' returning id",
    );
    t.clock.now = new Date(t.clock.now.getTime() + 86_400_000);
    expect(await nightly()).toMatchObject({
      finding: { what: 'altered', entry: { id: rows[0].id } },
    });
    expect(said.join()).toContain(rows[0].id);
    const auditor = await t.signIn('auditor');
    const { check, unsealed } = (await auditor.get('/audit/seals')).json();
    expect(check.finding).toMatchObject({ what: 'altered', entry: { id: rows[0].id } });
    expect(unsealed.entries).toBeGreaterThan(0);
  });

  it('ends when the server stops', async () => {
    t.clock.now = new Date(t.clock.now.getTime() + 86_400_000);
    await expect(verifyNightly(parts, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it('is shown to nobody but the auditor', async () => {
    for (const name of ['village', 'secadmin', 'sysadmin'])
      expect((await (await t.signIn(name)).get('/audit/seals')).statusCode).toBe(403);
    const server = new pg.Client(t.server);
    await server.connect();
    for (const table of ['audit_seal', 'audit_check', 'audit_retired'])
      expect((await server.query(`select from ${table}`)).rowCount).toBe(0);
    await server.end();
  });
});

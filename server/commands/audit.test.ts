import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from 'vitest';
import { sealKey } from '../../features/audit/seal/batch.ts';
import { sealAll } from '../../features/audit/seal/sealing.ts';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { main } from '../cli.ts';
import { ownerRole, withClient } from '../database/connect.ts';

let t: TestApp;
let folder: string;
let said: string[];
beforeAll(async () => {
  t = await startApp();
  folder = mkdtempSync(join(tmpdir(), 'minqing-witness-'));
  const { port, folder: data } = inject('cluster');
  vi.stubEnv(
    'DATABASE_URL',
    `postgres://${ownerRole}:${t.keys.ownerPassword}@127.0.0.1:${port}/${t.owner.database}`,
  );
  vi.stubEnv('MINQING_DATA', data);
  const village = await t.signIn('village');
  for (let i = 0; i < 12; i++) await village.get('/areas/330881002205/book');
  await sealEverything();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await t.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  said = [];
  const keep = (...words: unknown[]): void => void said.push(words.join(' '));
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

function sealEverything(): Promise<void> {
  return withClient(t.owner, async (client) => {
    for (let open = true; open; ) {
      await sealAll(client, sealKey(t.keys), () => t.clock.now, 5);
      const { rows } = await client.query(
        'select exists (select from audit_entry where xid >= (select coalesce(max(upto_xid), 0) from audit_seal)) as open',
      );
      open = rows[0].open;
    }
  });
}

const audit = (...words: string[]): Promise<number> => main(['audit', ...words]);

describe('minqing audit verify', () => {
  it('ends with 0 and says how many entries are whole', async () => {
    expect(await audit('verify')).toBe(0);
    expect(said.join('\n')).toMatch(
      /✔ 完好 whole\n已校验 verified 13 · 封条 seals 1–\d+ ·.*条\/秒 a second$/,
    );
  });

  it('looks at a part, by number or by day', async () => {
    expect(await audit('verify', '--from', '2', '--to', '2')).toBe(0);
    expect(said.join()).toContain('封条 seals 2–2');
    expect(await audit('verify', '--from', '2026-06-15', '--to', '2026-06-15')).toBe(0);
    expect(await audit('verify', '--from', '2027-01-01')).toBe(1);
    expect(said.join()).toContain('there is no seal of 2027-01-01');
    expect(await audit('verify', '--from', 'yesterday')).toBe(1);
  });

  it('ends with 1 and names the entry, and the auditor’s page tells it', async () => {
    const [one] = await t.sql<{ id: string }>(
      "select id from audit_entry where action = 'open_book' order by xid limit 1",
    );
    await t.sql("update audit_entry set purpose = 'visit' where id = $1", [one?.id]);
    expect(await audit('verify')).toBe(1);
    expect(said.join('\n')).toContain(
      `✘ 这条记录被改动 · this entry was altered\n  记录 entry ${one?.id}`,
    );
    await t.sql('update audit_entry set purpose = null where id = $1', [one?.id]);
    const auditor = await t.signIn('auditor');
    const { check } = (await auditor.get('/audit/seals')).json();
    expect(check.finding).toMatchObject({ what: 'altered', entry: { id: one?.id } });
  });
});

describe('minqing audit witness', () => {
  it('appends what is new, and verify compares with it', async () => {
    const file = join(folder, 'witness.txt');
    expect(await audit('witness', file)).toBe(0);
    const before = readFileSync(file, 'utf8');
    await t.signIn('village');
    await sealEverything();
    expect(await audit('witness', file)).toBe(0);
    expect(readFileSync(file, 'utf8').startsWith(before)).toBe(true);
    expect(await audit('verify', '--witness', file)).toBe(0);
    expect(said.join()).toContain('已比对见证 compared with a witness');
    await t.sql(
      'delete from audit_entry where xid >= (select from_xid from audit_seal order by number desc limit 1)',
    );
    await t.sql('delete from audit_seal where number = (select max(number) from audit_seal)');
    expect(await audit('verify')).toBe(0);
    expect(await audit('verify', '--witness', file)).toBe(1);
    expect(said.join()).toContain('末尾的封条和记录被删除');
    vi.stubEnv('MINQING_WITNESS', file);
    expect(await audit('verify')).toBe(1);
    vi.stubEnv('MINQING_WITNESS', '');
    expect(await audit('verify', '--witness', join(folder, 'none.txt'))).toBe(1);
  });
});

describe('minqing audit retire', () => {
  it('keeps three years at least', async () => {
    expect(await audit('retire', '--years', '2')).toBe(1);
    expect(await audit('retire')).toBe(0);
    expect(said.join()).toMatch(/已清除 removed 0 · 保留自 kept from \d{4}-\d{2}/);
  });
});

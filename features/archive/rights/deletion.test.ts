import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createVault } from '../../../server/crypto.ts';
import { withClient } from '../../../server/database/connect.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { countFaults } from '../../../tests/support/counts.ts';
import { firstSignIn, makeAccount } from '../../../tests/support/steps.ts';
import { photo, upload } from '../../../tests/support/uploads.ts';
import { sealKey } from '../../audit/seal/batch.ts';
import { sealBatch } from '../../audit/seal/sealing.ts';
import { verify } from '../../audit/seal/verify.ts';

let t: TestApp;
let village: Caller;
let township: Caller;

const area = '330881002205001';

beforeAll(async () => {
  t = await startApp();
  [village, township] = [await t.signIn('village'), await t.signIn('township')];
});
afterAll(() => t.close());
const expectTrueCounts = async (): Promise<void> => {
  expect(await countFaults(t.sql)).toEqual([]);
};
afterEach(expectTrueCounts);

async function made(path: string, body: object): Promise<string> {
  const answer = await village.send('POST', path, body);
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.body === '' ? '' : answer.json().id;
}
async function edit(path: string, items: object, reason: string): Promise<void> {
  const version = String((await village.get(path)).headers.etag);
  const answer = await village.send('PATCH', path, { items, reason }, { 'if-match': version });
  expect(answer.statusCode, answer.body).toBe(200);
}
const ask = (id: string, caller = village, more: object = {}) =>
  caller.send('POST', `/residents/${id}/deletion`, {
    asker: 'self',
    ground: 'consent_withdrawn',
    ...more,
  });
const decide = (id: string, decision: object = { accept: true }, caller = township) =>
  caller.send('POST', `/deletions/${id}/decision`, decision);

/** A person with a past, in a household with another, in a dwelling, with premises. */
async function settle(words: { name: string; former: string; phone: string; text: string }) {
  const { name, former, phone, text } = words;
  const household = await made('/households', {
    area,
    items: { address: '彭里村 881 号', head: name },
  });
  const resident = await made('/residents', {
    area,
    items: { name: former, phone, skills: text },
    household: { id: household, relation: '01' },
  });
  const child = await made('/residents', {
    area,
    items: { name: '林幼', guardian: name },
    household: { id: household, relation: '20' },
  });
  const housing = await made('/housing', {
    area,
    items: { address: '彭里村 881 号', owner: name },
  });
  const premises = await made('/premises', {
    area,
    items: { name: '彭里面店', legal_person: name },
  });
  await made(`/households/${household}/housing`, { housing, kind: 'lives' });
  await made(`/premises/${premises}/people`, { resident, role: 'legal_person' });
  await edit(`/residents/${resident}`, { name, former_name: former }, `${former}改名`);
  await edit(`/residents/${resident}`, { employer: `${text}厂`, phone: '19900081234' }, text);
  await made('/life-events', {
    kind: 'marriage',
    day: '2026-06-15',
    people: [{ resident }],
    proof: { kind: 'marriage_certificate', note: text },
    reason: `${name}登记结婚`,
  });
  await made('/life-events', {
    kind: 'change_head',
    day: '2026-06-15',
    household,
    head: child,
    people: [
      { resident, relation: '52' },
      { resident: child, relation: '01' },
    ],
    proof: { kind: 'village_statement', note: text },
  });
  await edit(`/households/${household}`, { head: '林幼' }, `${name}不再任户主`);
  await edit(`/households/${household}`, { head: name }, '复核');
  await t.sql(
    `update resident_file set facts = jsonb_set(facts, '{sex}', '{"v":"1","s":"public-security","d":"2020-01-01"}') where id = $1`,
    [resident],
  );
  await edit(`/residents/${resident}`, { sex: '2' }, `${text}说`);
  await village.send('PUT', `/drafts/edit:resident:${resident}`, { body: { text } });
  await upload(
    t.app,
    village,
    `/residents/${resident}`,
    { kind: 'consent', title: text },
    await photo(),
  );
  await made(`/residents/${resident}/corrections`, {
    asker: 'self',
    item: 'skills',
    value: `${text}二`,
    wrong: text,
    proof: text,
  });
  return { household, resident, child, housing, premises };
}

/** Tables in which a row holds one of the texts, anywhere: every column of every table, read as the owner. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const tables = await t.sql<{ name: string }>(`select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`);
  expect(tables.length).toBeGreaterThan(40);
  return withClient(t.owner, async (client) => {
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(
        // Each row is made a text once, and compared with all that is looked for at once.
        `select t.text, l.line from (select x::text as line from ${name} x offset 0) l, unnest($1::text[]) t(text)
          where l.line ~ $2 and position(t.text in l.line) > 0 limit 1`,
        [texts, texts.map((text) => text.replace(/[^\p{L}\p{N}]/gu, '\\$&')).join('|')],
      );
      for (const { text, line } of rows) found.push(`${name}: ${text} in ${line}`);
    }
    return found;
  });
}

/** Everything sealed by the vault that is kept elsewhere than in the archive: receipts of calls, drafts, jobs. */
async function sealedWords(): Promise<string> {
  const vault = createVault(t.keys);
  const rows = await t.sql<{ body: Buffer }>(
    `select body from request_receipt union all select body from draft union all select input from job_content
     union all select said from correction_content`,
  );
  return rows
    .map(({ body }) => (body.length > 0 ? vault.openBytes(body).toString('utf8') : ''))
    .join('\n');
}

/** What of the person lies sealed or hashed: cipher texts of phone and id in facts and history, and search tokens. */
async function hidden(resident: string): Promise<string[]> {
  const rows = await t.sql<{ text: string }>(
    `select f.value ->> 'v' as text from resident_contact c, jsonb_each(c.facts) f where c.id = $1
     union select before ->> 'v' from archive_change where subject = $1 and item_group = 'contact'
     union select after ->> 'v' from archive_change where subject = $1 and item_group = 'contact'
     union select token from archive_token where id = $1 and token ~ '^[pi]:'`,
    [resident],
  );
  return rows.map(({ text }) => text).filter((text) => text !== null);
}

const han = fc.string({
  unit: fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((code) => String.fromCodePoint(code)),
  minLength: 6,
  maxLength: 9,
});
const words = fc
  .record({ a: han, b: han, c: han, tail: fc.integer({ min: 10_000, max: 99_999 }) })
  .filter(({ a, b, c }) => !a.includes(b) && !b.includes(a) && a !== c && b !== c);

describe('after a deletion', () => {
  it('no table of the database holds any of the deleted values, whatever they were', async () => {
    await fc.assert(
      fc.asyncProperty(words, async ({ a, b, c, tail }) => {
        const text = `${c}甲`;
        const plain = [a, b, text, `${text}厂`, '19900081234', `199000${tail}`];
        const { resident, household, child, housing, premises } = await settle({
          name: a,
          former: b,
          phone: `199000${tail}`,
          text,
        });
        const sealed = await hidden(resident);
        // Two phones as they are sealed, and the hash of the one that is searched for.
        expect(sealed.length).toBeGreaterThanOrEqual(3);
        expect((await tablesWith([a])).length).toBeGreaterThan(5);
        const [paper] = await t.sql<{ files: string }>(
          'select files from document where subject = $1',
          [resident],
        );
        const stored = async () => {
          const keys: string[] = [];
          for await (const { key } of t.files.list('documents')) keys.push(key);
          return keys.filter((key) => key.includes(String(paper?.files))).length;
        };
        expect(await stored()).toBe(3);
        const deletion = (await ask(resident)).json().id;
        const key = { 'idempotency-key': `erase-${deletion}` };
        const decision = [
          'POST',
          `/deletions/${deletion}/decision`,
          { accept: true },
          key,
        ] as const;
        const done = await township.send(...decision);
        expect(`${done.statusCode} ${done.body}`).toBe(
          `200 ${JSON.stringify({ id: deletion, state: 'done', outcome: null })}`,
        );
        expect((await township.send(...decision)).json()).toEqual(done.json());

        expect(await tablesWith([...plain, ...sealed])).toEqual([]);
        const elsewhere = await sealedWords();
        for (const one of plain) expect(elsewhere).not.toContain(one);
        // The file's number stands on record alone: that there was a deletion, and who once looked.
        expect((await tablesWith([resident])).map((line) => line.split(':')[0])).toEqual([
          'audit_entry',
          'deletion',
        ]);
        expect(await stored()).toBe(0);
        await expectTrueCounts();
        for (const [path, item] of [
          [`/households/${household}`, 'head'],
          [`/residents/${child}`, 'guardian'],
          [`/housing/${housing}`, 'owner'],
          [`/premises/${premises}`, 'legal_person'],
        ] as const) {
          const file = (await village.get(path)).json();
          expect(file.id).toBe(path.split('/')[2]);
          expect(file.items[item]).toBeUndefined();
        }
        expect((await village.get(`/households/${household}`)).json().members).toHaveLength(1);
        expect((await village.get(`/search?q=${encodeURIComponent(a)}`)).json().items).toEqual([]);
        expect((await village.get(`/residents/${resident}`)).statusCode).toBe(404);
      }),
      { numRuns: 3, seed: 20260615, endOnFailure: true },
    );
  }, 120_000);

  it('stays that it happened, when, by whom and on what ground; and the audit still verifies', async () => {
    const id = await made('/residents', { area, items: { name: '林存证' } });
    const deletion = (await ask(id, village, { ground: 'unlawful', asker: 'guardian' })).json().id;
    await decide(deletion);
    const [row] = await t.sql(
      `select d.category, d.subject, d.ground, d.asker, a.username as asked, b.username as decided, d.state, d.answer,
              d.decided_at, d.erased_at from deletion d join account a on a.id = d.asked_by join account b on b.id = d.decided_by
        where d.id = $1`,
      [deletion],
    );
    expect(row).toEqual({
      category: 'resident',
      subject: id,
      ground: 'unlawful',
      asker: 'guardian',
      asked: 'village',
      decided: 'township',
      state: 'done',
      answer: null,
      decided_at: expect.anything(),
      erased_at: expect.anything(),
    });
    const list = (await village.get(`/rights-requests?resident=${id}&state=all`)).json().items;
    expect(list).toEqual([
      expect.objectContaining({ id: deletion, resident: { id, name: null }, state: 'done' }),
    ]);
    const acts = await t.sql<{ action: string }>(
      'select action from audit_entry where subject = $1 order by xid, id',
      [id],
    );
    expect(acts.map(({ action }) => action)).toEqual(['create', 'ask_deletion', 'delete_file']);
    const key = sealKey(t.keys);
    await withClient(t.owner, async (client) => {
      // Transactions of other files in the same cluster hold the horizon back for a moment.
      await expect.poll(() => sealBatch(client, key, t.clock.now)).toBeGreaterThan(3);
    });
    expect(await verify({ owner: t.owner, key })).toMatchObject({ finding: null });
  });
});

describe('papers that prove acts of life', () => {
  it('go with the person when they are kept with the household for an act of this person alone', async () => {
    const household = await made('/households', { area, items: { address: '彭里村 883 号' } });
    const proof = async (kind: string) => {
      const added = await upload(
        t.app,
        village,
        `/households/${household}`,
        { kind },
        await photo(),
      );
      return added.json().id as string;
    };
    const [own, register] = [await proof('life_proof'), await proof('register_cover')];
    const born = async (document: string): Promise<string> => {
      const act = await village.send('POST', '/life-events', {
        kind: 'birth',
        day: '2026-06-15',
        household,
        people: [{ items: { name: '林新生' }, relation: '20' }],
        proof: { kind: 'birth_certificate', document },
      });
      expect(act.statusCode, act.body).toBe(201);
      return act.json().residents[0];
    };
    const children = [await born(own), await born(register)];
    const [paper] = await t.sql<{ files: string }>('select files from document where id = $1', [
      own,
    ]);
    for (const child of children) {
      const done = await decide((await ask(child)).json().id);
      expect(done.json().state).toBe('done');
    }
    // The household's own register stays, whatever it proved.
    const left = await t.sql<{ id: string }>('select id from document where subject = $1', [
      household,
    ]);
    expect(left).toEqual([{ id: register }]);
    const keys: string[] = [];
    for await (const { key } of t.files.list('documents')) keys.push(key);
    expect(keys.filter((key) => key.includes(String(paper?.files)))).toEqual([]);
  });
});

describe('a household that a deletion leaves empty', () => {
  it('keeps its address, which is a dwelling’s, and nothing of the person', async () => {
    const address = '彭里村 884 号';
    const name = '林独居';
    const household = await made('/households', { area, items: { address, head: name } });
    const resident = await made('/residents', {
      area,
      items: { name, residence_address: address },
      household: { id: household, relation: '02' },
    });
    const done = await decide((await ask(resident)).json().id);
    expect(done.json().state).toBe('done');
    const file = (await village.get(`/households/${household}`)).json();
    expect(file).toMatchObject({ address, head: null, members: [] });
    expect(Object.keys(file.items)).toEqual(['address']);
    expect(JSON.stringify(file)).not.toContain(name);
    expect(JSON.stringify(file)).not.toContain(resident);
    const timeline = await village.get(`/households/${household}/changes`);
    expect(timeline.body).not.toContain(name);
    expect(timeline.body).not.toContain(resident);
    // Nobody is found by the address but the household itself.
    const { items } = (await village.get(`/search?q=${encodeURIComponent(address)}`)).json();
    expect(items.filter(({ category }: { category: string }) => category === 'resident')).toEqual(
      [],
    );
  });
});

describe('a deletion', () => {
  it('is refused with a reason; the file stays, and can be asked for again', async () => {
    const id = await made('/residents', { area, items: { name: '林留档' } });
    const deletion = (await ask(id)).json();
    expect(deletion).toMatchObject({ dueOn: '2026-07-07', provisional: false });
    expect((await ask(id)).statusCode).toBe(409);
    const silent = await decide(deletion.id, { accept: false });
    expect(silent.json().errors[0].field).toBe('answer');
    const refused = await decide(deletion.id, {
      accept: false,
      answer: '救助档案尚在法定保存期内',
    });
    expect(refused.json().state).toBe('refused');
    expect((await village.get(`/residents/${id}`)).statusCode).toBe(200);
    expect((await decide(deletion.id)).statusCode).toBe(409);
    expect((await ask(id)).statusCode).toBe(201);
  });

  it('has no ground but those of the law', async () => {
    const id = await made('/residents', { area, items: { name: '林无由' } });
    expect((await ask(id, village, { ground: 'complains_too_much' })).statusCode).toBe(400);
    expect((await ask(id, village, { ground: undefined })).statusCode).toBe(400);
  });

  it('is asked by the village of the file alone, and decided by its township alone', async () => {
    const id = await made('/residents', { area, items: { name: '林两步' } });
    expect((await ask(id, await t.signIn('village2'))).statusCode).toBe(404);
    for (const name of ['grid', 'township', 'county', 'civil', 'sysadmin', 'secadmin', 'auditor']) {
      expect((await ask(id, await t.signIn(name))).statusCode, name).toBe(403);
    }
    const deletion = (await ask(id)).json().id;
    for (const name of ['grid', 'village', 'county', 'civil', 'sysadmin', 'secadmin', 'auditor']) {
      expect((await decide(deletion, undefined, await t.signIn(name))).statusCode, name).toBe(403);
    }
    const other = { role: 'township_officer', area: '330802013' };
    const { password } = await makeAccount(t, 'othertown', other);
    const othertown = await firstSignIn(t, 'othertown', password);
    expect((await decide(deletion, undefined, othertown)).statusCode).toBe(404);
    const line = { ...other, area: '330881002', department: 'health' };
    const lines = await makeAccount(t, 'healthline', line);
    const healthline = await firstSignIn(t, 'healthline', lines.password);
    expect((await decide(deletion, undefined, healthline)).statusCode).toBe(403);
    expect((await village.get(`/residents/${id}`)).statusCode).toBe(200);
  });

  it('is never decided by who asked, whatever posts they hold; the database says so too', async () => {
    const both = await makeAccount(t, 'bothposts', { role: 'village_cadre', area: '330881002205' });
    const admin = await t.signIn('secadmin');
    await admin.send('POST', `/accounts/${both.id}/posts`, {
      role: 'township_officer',
      area: '330881002',
    });
    const caller = await firstSignIn(t, 'bothposts', both.password);
    const posts = (await caller.get('/session')).json().posts as { id: string; role: string }[];
    const take = (role: string) =>
      caller.send('PUT', '/session/post', { post: posts.find((one) => one.role === role)?.id });
    expect((await take('village_cadre')).statusCode).toBeLessThan(300);
    const id = await made('/residents', { area, items: { name: '林一手' } });
    const deletion = (await ask(id, caller)).json().id;
    expect((await take('township_officer')).statusCode).toBeLessThan(300);
    const answer = await decide(deletion, undefined, caller);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toContain('另一人');

    const [post] = await t.sql<{ id: string; lo: string; hi: string }>(
      `select id, lo, hi from post where account = $1 and role = 'township_officer'`,
      [both.id],
    );
    await withClient(t.server, async (client) => {
      await client.query(`begin; set local minqing.account = '${both.id}'; set local minqing.post = '${post?.id}';
        set local minqing.lo = '${post?.lo}'; set local minqing.hi = '${post?.hi}'; set local minqing.write = ',list,file,identity,'`);
      const decided = await client.query(
        `update deletion set state = 'done', decided_at = now(), decided_by = $1, decided_post = $2 where id = $3`,
        [both.id, post?.id, deletion],
      );
      expect(decided.rowCount).toBe(0);
      await expect(
        client.query('select gate_erase_resident($1, $2, now())', [330881, deletion]),
      ).rejects.toThrow(/no deletion that was decided so/);
      await client.query('rollback');
    });
    expect((await decide(deletion)).json().state).toBe('done');
  });

  it('cannot be carried out in SQL: the server holds no right to erase, and undecided ones are refused', async () => {
    const id = await made('/residents', { area, items: { name: '林未决' } });
    const deletion = (await ask(id)).json().id;
    const [post] = await t.sql<Record<string, string>>(
      `select p.id, p.account, p.lo, p.hi from post p join account a on a.id = p.account where a.username = 'township'`,
    );
    await withClient(t.server, async (client) => {
      const settings = `set local minqing.account = '${post?.account}'; set local minqing.post = '${post?.id}';
        set local minqing.lo = '${post?.lo}'; set local minqing.hi = '${post?.hi}'; set local minqing.write = ',list,file,identity,'`;
      for (const [statement, refusal] of [
        [`select gate_erase_resident(330881, '${deletion}', now())`, /decided so/],
        [`select erase_resident(330881, '${id}')`, /permission denied/],
        [`select erase_trace(330881, '{}', '{}')`, /permission denied/],
        [`delete from resident where id = '${id}'`, /permission denied/],
        [`update deletion set erased_at = now() where id = '${deletion}'`, /permission denied/],
      ] as const) {
        await client.query(`begin; ${settings}`);
        await expect(client.query(statement)).rejects.toThrow(refusal);
        await client.query('rollback');
      }
    });
  });
});

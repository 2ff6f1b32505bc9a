import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { photo, upload } from '../../../tests/support/uploads.ts';
import type { DocumentList } from '../documents/contract.ts';

let t: TestApp;
let village: Caller;
let township: Caller;
let grid: Caller;
beforeAll(async () => {
  t = await startApp();
  [village, township, grid] = [
    await t.signIn('village'),
    await t.signIn('township'),
    await t.signIn('grid'),
  ];
});
afterAll(() => t.close());

const area = '330881002205001';
const send = async (path: string, body: object, status = 201) => {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  const answer = await village.send('POST', path, body);
  expect(`${answer.statusCode} ${answer.body}`).toMatch(new RegExp(`^${status} `));
  return answer.body === '' ? {} : answer.json();
};
const get = async (path: string, by = village) => {
  const answer = await by.get(path);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};
const paper = async (path: string, kind: string, words = '凭证', more = {}): Promise<string> => {
  const added = await upload(t.app, village, path, { kind, ...more }, await photo(words));
  expect(added.statusCode, added.body).toBe(201);
  return added.json().id;
};
const documents = async (path: string): Promise<DocumentList> => get(`${path}/documents`);

let n = 0;
/** A couple in a household with a dwelling. */
async function couple() {
  n++;
  const household = (
    await send('/households', { area, items: { address: `彭里村7组${n}号`, head: `管甲${n}` } })
  ).id as string;
  const member = async (name: string, relation: string): Promise<string> =>
    (
      await send('/residents', {
        area,
        items: { name, birth: '1970-01-01' },
        household: { id: household, relation, since: '2020-01-01' },
      })
    ).id;
  const head = await member(`管甲${n}`, '02');
  const wife = await member(`管乙${n}`, '12');
  const housing = (await send('/housing', { area, items: { address: `彭里村7组${n}号` } })).id;
  await send(`/households/${household}/housing`, { housing, kind: 'lives' }, 204);
  return { household, head, wife, housing: housing as string };
}
const birthIn = (household: string, document: string) => ({
  kind: 'birth',
  day: '2026-06-01',
  household,
  people: [{ items: { name: '管小', sex: '1' }, relation: '20' }],
  proof: { kind: 'birth_certificate', note: '99-7', document },
});
const faultOf = (answer: { errors?: { field: string; message: string }[] }) =>
  answer.errors?.map(({ field, message }) => `${field} ${message}`).join();

describe('the document of an act', () => {
  it('is kept as its proof, opens from the timeline with its mark, on record', async () => {
    const f = await couple();
    const document = await paper(`/households/${f.household}`, 'life_proof');
    const { residents } = await send('/life-events', birthIn(f.household, document));
    const proof = { id: document, category: 'household', subject: f.household };
    for (const path of [`/households/${f.household}`, `/residents/${residents[0]}`]) {
      const { items } = await get(`${path}/changes`);
      const line = items.find(({ event }: { event: unknown }) => event);
      expect(line.event).toMatchObject({ kind: 'birth', document: proof });
    }
    expect((await get('/life-events?limit=1')).items[0]).toMatchObject({ document: proof });
    const page = await village.get(`/documents/${document}/pages/1`);
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'image/jpeg']);
    const looks = await t.sql<{ n: number }>(
      `select count(*)::int as n from audit_entry where subject = $1 and action = 'view_document'`,
      [f.household],
    );
    expect(looks).toEqual([{ n: 1 }]);
  });

  it('may be the resident’s, the household’s or the dwelling’s; nobody else’s, and in use', async () => {
    const [f, other] = [await couple(), await couple()];
    const own = await paper(`/residents/${f.head}`, 'register_page');
    await send('/life-events', {
      kind: 'death',
      day: '2026-06-02',
      people: [{ resident: f.head }],
      head: f.wife,
      proof: { kind: 'death_certificate', document: own },
    });
    const deed = await paper(`/housing/${f.housing}`, 'property_certificate');
    await send('/life-events', birthIn(f.household, deed));
    const foreign = await paper(`/households/${other.household}`, 'life_proof');
    expect(faultOf(await send('/life-events', birthIn(f.household, foreign), 400))).toMatch(
      /^proof\.document 凭证材料：请从当事人/,
    );
    const old = await paper(`/households/${f.household}`, 'life_proof');
    await send(`/documents/${old}/retirement`, { reason: '过期' }, 204);
    expect(faultOf(await send('/life-events', birthIn(f.household, old), 400))).toContain('在用');
  });

  it('proves a cancellation too', async () => {
    const f = await couple();
    const born = await send('/life-events', {
      ...birthIn(f.household, ''),
      proof: { kind: 'birth_certificate' },
    });
    const statement = await paper(`/households/${f.household}`, 'life_proof');
    const foreign = await paper(`/households/${(await couple()).household}`, 'life_proof');
    const cancel = (document: string, status: number) =>
      send(
        `/life-events/${born.id}/cancellation`,
        { reason: '登记有误', proof: { kind: 'village_statement', document } },
        status,
      );
    expect(faultOf(await cancel(foreign, 400))).toContain('凭证材料');
    await cancel(statement, 201);
    const { items } = await get(`/households/${f.household}/documents`);
    expect(items[0]).toMatchObject({ id: statement, proves: true });
  });

  it('is named to nobody who may not open or write its group', async () => {
    const f = await couple();
    const certificate = await paper(`/residents/${f.wife}`, 'marriage_proof');
    await send('/life-events', {
      kind: 'change_head',
      day: '2026-06-03',
      household: f.household,
      head: f.wife,
      relations: [{ resident: f.head, relation: '11' }],
      proof: { kind: 'village_statement', document: certificate },
    });
    const told = async (by: Caller) => {
      const { items } = await get(`/households/${f.household}/changes`, by);
      return items.find(({ event }: { event: { kind: string } | null }) => event)?.event.document;
    };
    expect(await told(village)).toMatchObject({ id: certificate });
    expect(await told(township)).toMatchObject({ id: certificate });
    expect(await told(grid)).toBeNull();
    expect((await grid.get(`/documents/${certificate}/pages/1?purpose=visit`)).statusCode).toBe(
      404,
    );
  });
});

describe('an act registered without a document', () => {
  it('gets one later, once, and not when it was cancelled or from others', async () => {
    const f = await couple();
    const made = await send('/life-events', {
      kind: 'move_in',
      day: '2026-06-01',
      newHousehold: { area, items: { address: `彭里村7组9${n}号` } },
      people: [{ items: { name: '管新' }, relation: '01' }],
      proof: { kind: 'migration_paper' },
    });
    const document = await paper(`/households/${made.household}`, 'life_proof');
    const foreign = await paper(`/households/${f.household}`, 'life_proof');
    const prove = (paperId: string, status: number) =>
      send(`/life-events/${made.id}/proof`, { document: paperId }, status);
    expect(faultOf(await prove(foreign, 400))).toContain('凭证材料');
    await prove(document, 204);
    expect((await prove(document, 409)).detail).toContain('已有凭证材料');
    const { items } = await get(`/households/${made.household}/changes`);
    expect(items.find(({ event }: { event: unknown }) => event).event.document).toEqual({
      id: document,
      category: 'household',
      subject: made.household,
    });
    const moved = await send('/life-events', {
      ...birthIn(f.household, foreign),
      proof: { kind: 'birth_certificate' },
    });
    await send(`/life-events/${moved.id}/cancellation`, { reason: '登记有误' });
    const late = await send(`/life-events/${moved.id}/proof`, { document: foreign }, 409);
    expect(late.detail).toContain('撤销');
    // No other village, and nobody in SQL, changes what the register holds.
    const village2 = await t.signIn('village2');
    const strange = await village2.send('POST', `/life-events/${made.id}/proof`, { document });
    expect(strange.statusCode).toBe(404);
  });
});

describe('a document that proves an act', () => {
  it('is not taken out of use, in no version, until the act is cancelled', async () => {
    const f = await couple();
    const path = `/households/${f.household}`;
    const first = await paper(path, 'life_proof', '一');
    const { id } = await send('/life-events', birthIn(f.household, first));
    expect((await documents(path)).items[0]).toMatchObject({
      proves: true,
      abilities: { replace: true, retire: false },
    });
    const second = await paper(path, 'life_proof', '二', { replaces: first });
    for (const version of [first, second]) {
      const refused = await send(`/documents/${version}/retirement`, { reason: '不用了' }, 409);
      expect(refused.detail).toContain('先撤销登记');
    }
    await send(`/life-events/${id}/cancellation`, { reason: '登记有误' });
    expect((await documents(path)).items[0]).toMatchObject({ proves: false });
    await send(`/documents/${second}/retirement`, { reason: '不用了' }, 204);
  });

  it('is either registered or taken out of use when both come at once', async () => {
    for (let round = 0; round < 5; round++) {
      const f = await couple();
      const document = await paper(`/households/${f.household}`, 'life_proof');
      const [act, retired] = await Promise.all([
        village.send('POST', '/life-events', birthIn(f.household, document)),
        township.send('POST', `/documents/${document}/retirement`, { reason: '不用了' }),
      ]);
      expect([
        [201, 409],
        [400, 204],
      ]).toContainEqual([act.statusCode, retired.statusCode]);
    }
  });
});

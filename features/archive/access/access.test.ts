import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../server/database/actor.ts';
import { newId } from '../../../server/ids.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { makeAccount, makeAdministrator } from '../../../tests/support/steps.ts';
import type { AreaLevel } from '../../area/contract.ts';
import type { RoleKey } from '../../identity/contract.ts';
import { demoPassword } from '../../identity/demo.ts';
import { hashPassword } from '../../identity/passwords.ts';
import { departments, roles } from '../../identity/roles.ts';
import type { AccessOfAccount, AccessToRecord, Reach } from './contract.ts';

let t: TestApp;
let admin: Caller;
let hash: string;
const ids = { resident: '', household: '' };
const secrets = ['欧阳证见', '19900054321', '彭里村77组7766号', '中见证学校'];

beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('secadmin');
  hash = await hashPassword(demoPassword);
  const village = await t.signIn('village');
  const at = { area: '330881002205001' };
  const household = await village.send('POST', '/households', {
    ...at,
    items: { address: '彭里村77组7766号', income_source: 'wages' },
  });
  ids.household = household.json().id;
  const resident = await village.send('POST', '/residents', {
    ...at,
    items: {
      name: '欧阳证见',
      skills: '书法',
      phone: '19900054321',
      citizen_id: '990001195003051232',
      chronic_illness: ['I10'],
      ethnic: '01',
      marital_status: '20',
      school: '中见证学校',
    },
  });
  expect([household.statusCode, resident.statusCode, resident.body]).toMatchObject([201, 201, {}]);
  ids.resident = resident.json().id;
});
afterAll(() => t.close());

const explain = (account: string, category: keyof typeof ids, by = admin) =>
  by.get(`/accounts/${account}/access?category=${category}&record=${ids[category]}`);

async function holder(
  username: string,
  role: RoleKey,
  area: string,
  department: string | null,
): Promise<string> {
  const id = newId(t.clock.now.getTime());
  await t.sql(
    'insert into account (id, username, name, password_hash, created_at) values ($1, $2, $2, $3, now())',
    [id, username, hash],
  );
  await t.sql(
    `insert into post (id, account, role, department, area, lo, hi, since, created_at)
     select uuidv7(), $1, $2, $3, code, lo, hi, '2026-06-15', now() from area where code = $4`,
    [id, role, department, area],
  );
  return id;
}

const inside: Partial<Record<AreaLevel, string>> = {
  grid: '330881002205001',
  village: '330881002205',
  township: '330881002',
  county: '330881',
  city: '3308',
};
const outside: Partial<Record<AreaLevel, string>> = {
  grid: '330881002205002',
  village: '330802013202',
  township: '330802013',
  county: '330802',
};

interface Case {
  role: RoleKey;
  department: string | null;
  area: string;
  where: 'inside' | 'outside';
}

/** Every role but the administrators, at every level it is given for, with every department it may have, in and out of reach. */
const cases: Case[] = (Object.keys(roles) as RoleKey[])
  .filter((role) => roles[role].admin === null)
  .flatMap((role) => {
    const own =
      role === 'department_officer'
        ? departments
        : role === 'township_officer'
          ? [null, ...departments]
          : [null];
    return own.flatMap((department) =>
      roles[role].levels.flatMap((level) =>
        (['inside', 'outside'] as const).flatMap((where) => {
          const area = { inside, outside }[where][level];
          return area === undefined ? [] : [{ role, department, area, where }];
        }),
      ),
    );
  });

const groupItems = {
  resident: {
    contact: 'phone',
    identity: 'citizen_id',
    health: 'chronic_illness',
    ethnic: 'ethnic',
    welfare: 'marital_status',
    minor: 'school',
  },
  household: { economy: 'income_source' },
} as const;
const fileItem = { resident: 'skills', household: 'address' } as const;
const words = { resident: '欧阳证见', household: '彭里村77组7766号' } as const;
const paths = { resident: '/residents', household: '/households' } as const;

/** What the account really gets over the API. */
async function tried(caller: Caller, category: keyof typeof ids): Promise<Record<string, Reach>> {
  const id = ids[category];
  const path = `${paths[category]}/${id}`;
  const found = await caller.get(`/search?q=${encodeURIComponent(words[category])}`);
  const reached: Record<string, Reach> = { list: found.body.includes(id) ? 'open' : 'no' };
  const atOnce = await caller.get(path);
  const forPurpose = await caller.get(`${path}?purpose=visit`);
  const has = (answer: typeof atOnce, item: string): boolean =>
    answer.statusCode === 200 && item in answer.json().items;
  const item = fileItem[category];
  reached.file = has(atOnce, item) ? 'open' : has(forPurpose, item) ? 'purpose' : 'no';
  for (const [group, sealed] of Object.entries(groupItems[category])) {
    const revealed = await caller.send('POST', `${path}/reveals`, {
      item: sealed,
      purpose: 'visit',
    });
    const shown = revealed.statusCode === 200 && revealed.json().view !== null;
    reached[group] = has(atOnce, sealed) ? 'open' : shown ? 'purpose' : 'no';
  }
  return reached;
}

const overall = ({ overall: all }: AccessOfAccount): Record<string, Reach> =>
  Object.fromEntries(all.map(({ group, reach }) => [group, reach]));

describe('the explanation', () => {
  it('covers every role in and out of its area', () => {
    expect(cases.length).toBeGreaterThan(25);
    expect(new Set(cases.map(({ role }) => role)).size).toBe(8);
  });

  it.each(cases.map((one, at) => ({ ...one, at })))(
    'says of $role $department $where at $area what the gate does',
    async ({ role, department, area, at }) => {
      const username = `case${at}`;
      const id = await holder(username, role, area, department);
      const caller = await t.signIn(username);
      for (const category of ['resident', 'household'] as const) {
        const answer = await explain(id, category);
        expect(answer.statusCode).toBe(200);
        expect({ category, ...overall(answer.json()) }).toEqual({
          category,
          ...(await tried(caller, category)),
        });
      }
    },
  );

  it.each(['auditor', 'sysadmin', 'secadmin'])(
    'says of %s that nothing opens',
    async (username) => {
      const caller = await t.signIn(username);
      const { id } = (await caller.get('/session')).json().account;
      const explained: AccessOfAccount = (await explain(id, 'resident')).json();
      expect(new Set(Object.values(overall(explained)))).toEqual(new Set(['no']));
      expect(new Set(explained.posts[0]?.groups.map(({ why }) => why))).toEqual(
        new Set(['administrator']),
      );
      expect((await caller.get(`/residents/${ids.resident}`)).statusCode).toBe(403);
    },
  );

  it('names what decides: the area, the role, the department', async () => {
    const whyOf = async (username: string): Promise<Record<string, string>> => {
      const [account] = (await admin.get(`/accounts?q=${username}`)).json().items;
      const { posts } = (await explain(account.id, 'resident')).json() as AccessOfAccount;
      const groups = posts[0]?.groups ?? [];
      return Object.fromEntries(groups.map(({ group, reach, why }) => [group, `${reach} ${why}`]));
    };
    expect(await whyOf('grid')).toMatchObject({
      file: 'open role',
      contact: 'purpose role',
      health: 'no role',
    });
    expect(await whyOf('village2')).toMatchObject({ list: 'no area', file: 'no area' });
    expect(await whyOf('civil')).toMatchObject({
      list: 'open role',
      file: 'no department',
      welfare: 'open department',
      health: 'no department',
    });
  });

  it('follows the policies themselves: another policy, another answer', async () => {
    const grid = (await (await t.signIn('grid')).get('/session')).json().account.id;
    const health = async () => overall((await explain(grid, 'resident')).json()).health;
    expect(await health()).toBe('no');
    await t.sql(
      'alter policy resident_health_read on resident_health using (area >= scope_lo() and area < scope_hi())',
    );
    expect(await health()).toBe('open');
    await t.sql(
      'create policy tighter on resident_health as restrictive for select to minqing_server using (false)',
    );
    expect(await health()).toBe('no');
    await t.sql('drop policy tighter on resident_health');
    await t.sql(`alter policy resident_health_read on resident_health
      using (area >= scope_lo() and area < scope_hi() and (gate_open('health') or gate_subject('health', id)))`);
    expect(await health()).toBe('no');
  });

  it('does not tell whether there is anything in a group', async () => {
    const [bare] = await t.sql<{ id: string }>(
      `select id from resident r where area = 330881002205001
         and not exists (select from resident_welfare w where w.county = r.county and w.id = r.id)
         and not exists (select from resident_health h where h.county = r.county and h.id = r.id) limit 1`,
    );
    const village = (await (await t.signIn('village')).get('/session')).json().account.id;
    const of = async (record: string | undefined) =>
      (await admin.get(`/accounts/${village}/access?category=resident&record=${record}`)).json();
    expect((await of(bare?.id)).overall).toEqual((await of(ids.resident)).overall);
  });

  it('takes the best of several posts, shows each, and nothing of a withdrawn account', async () => {
    const { id } = await makeAccount(t, 'several', { role: 'county_supervisor', area: '330881' });
    await admin.send('POST', `/accounts/${id}/posts`, {
      role: 'grid_worker',
      area: '330881002205',
    });
    await admin.send('POST', `/accounts/${id}/posts`, {
      role: 'village_cadre',
      area: '330881002205',
      from: '2026-07-01',
    });
    const explained: AccessOfAccount = (await explain(id, 'resident')).json();
    expect(explained.posts.map(({ post }) => post.role).sort()).toEqual([
      'county_supervisor',
      'grid_worker',
    ]);
    expect(overall(explained)).toMatchObject({ file: 'open', contact: 'purpose', identity: 'no' });
    await admin.send('PATCH', `/accounts/${id}`, { active: false });
    expect(new Set(Object.values(overall((await explain(id, 'resident')).json())))).toEqual(
      new Set(['no']),
    );
  });

  it('holds nothing of the record, is on record, and ends at the administrator’s area', async () => {
    const village = (await (await t.signIn('village')).get('/session')).json().account.id;
    const bodies = [
      (await explain(village, 'resident')).body,
      (await explain(village, 'household')).body,
      (await admin.get(`/access?category=resident&record=${ids.resident}`)).body,
    ];
    for (const body of bodies) for (const secret of secrets) expect(body).not.toContain(secret);
    expect(JSON.parse(bodies[0] ?? '').record.area).toMatchObject({
      code: '330881002205001',
      level: 'grid',
    });
    const entries = await t.sql(
      `select 1 from audit_entry where action = 'explain_access' and subject = $1`,
      [ids.resident],
    );
    expect(entries.length).toBeGreaterThan(3);
    await t.sql(`update post p set lo = r.lo, hi = r.hi, area = r.code from area r, account a
      where r.code = '330802' and a.id = p.account and a.username = 'secadmin'`);
    const elsewhere = await t.signIn('secadmin');
    for (const path of [`/accounts/${village}/access`, '/access'])
      expect(
        (await elsewhere.get(`${path}?category=resident&record=${ids.resident}`)).statusCode,
      ).toBe(404);
    await t.sql(`update post p set lo = r.lo, hi = r.hi, area = r.code from area r, account a
      where r.code = '3308' and a.id = p.account and a.username = 'secadmin'`);
    admin = await t.signIn('secadmin');
  });

  it('names no posts of the county beside, but those above', async () => {
    const { id } = await makeAccount(t, 'far.and.wide', { role: 'city_supervisor', area: '3308' });
    for (const area of ['330802013202', '330881002205'])
      await admin.send('POST', `/accounts/${id}/posts`, { role: 'village_cadre', area });
    const areas = async (by: Caller) =>
      ((await explain(id, 'resident', by)).json() as AccessOfAccount).posts
        .map(({ post }) => post.area.code)
        .sort();
    expect(await areas(admin)).toEqual(['3308', '330802013202', '330881002205']);
    const { caller } = await makeAdministrator(t, 'sec.here', 'security_admin', '330881');
    expect(await areas(caller)).toEqual(['3308', '330881002205']);
  });

  it.each([
    ['an unknown record', 'category=resident&record=01970000-0000-7000-8000-000000000000', 404],
    ['another category', `category=housing&record=01970000-0000-7000-8000-000000000000`, 404],
    ['no category', 'category=account&record=01970000-0000-7000-8000-000000000000', 400],
    ['no number', 'category=resident&record=1', 400],
  ])('refuses %s', async (_what, query, status) => {
    expect((await admin.get(`/access?${query}`)).statusCode).toBe(status);
  });
});

describe('who sees a record', () => {
  it('are the posts whose area holds it and whose role reaches anything, counted by account', async () => {
    const fresh = await t.sql<{ id: string }>(
      `select id from household where area = 330802013202000 or (area >= 330802013202000 and area < 330802013203000) limit 1`,
    );
    const answer = await admin.get(`/access?category=household&record=${fresh[0]?.id}`);
    const found: AccessToRecord = answer.json();
    const names = found.holders.map(({ account }) => account.username);
    expect(names).toContain('village2');
    expect(names).toContain('city');
    for (const stranger of ['village', 'grid', 'secadmin', 'auditor', 'sysadmin'])
      expect(names).not.toContain(stranger);
    const counts = Object.fromEntries(
      found.counts.map(({ group, open, purpose }) => [group, [open, purpose]]),
    );
    const reaching = (group: string, reach: Reach) =>
      new Set(
        found.holders
          .filter(({ groups }) => groups.some((one) => one.group === group && one.reach === reach))
          .map(({ account }) => account.id),
      );
    // Whoever sees it at once by one post and for a purpose by another sees it at once.
    for (const group of ['list', 'file', 'economy']) {
      const open = reaching(group, 'open');
      const forPurpose = reaching(group, 'purpose').difference(open);
      expect(counts[group]).toEqual([open.size, forPurpose.size]);
    }
  });

  it('agrees with what each of them is told by name', async () => {
    const { holders }: AccessToRecord = (
      await admin.get(`/access?category=resident&record=${ids.resident}`)
    ).json();
    expect(holders.length).toBeGreaterThan(10);
    for (const { account, role, area, groups } of holders.slice(0, 12)) {
      const explained: AccessOfAccount = (await explain(account.id, 'resident')).json();
      const same = explained.posts.find(
        ({ post }) => post.role === role && post.area.code === area.code,
      );
      expect(same?.groups).toEqual(groups);
    }
  });
});

describe('asking as others', () => {
  const actor = (admin: Actor['admin']): Actor => ({
    tokenHash: Buffer.alloc(32),
    account: ids.resident,
    username: 'x',
    post: null,
    scope: null,
    open: [],
    reveal: [],
    write: [],
    admin,
    now: t.clock.now,
    day: '2026-06-15',
  });

  it('is the security administrator’s alone, in a session that holds', async () => {
    for (const kind of [null, 'system', 'audit'] as const)
      await expect(t.database.asOthers(actor(kind), async () => 1)).rejects.toThrow(
        /only the security administrator/,
      );
    await expect(t.database.asOthers(actor('security'), async () => 1)).rejects.toMatchObject({
      code: 'MQ401',
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

// The three administrators stay three people, whatever area their posts are in (DOMAIN.md, section 3).

let t: TestApp;
let city: Caller;
let county: Caller;
const ids = new Map<string, string>();
beforeAll(async () => {
  t = await startApp();
  for (const { id, username } of await t.sql<{ id: string; username: string }>(
    'select id, username from account',
  ))
    ids.set(username, id);
  city = await t.signIn('secadmin');
  // Somebody who has no post yet serves one county.
  await t.sql('delete from post where account = $1', [ids.get('grid')]);
  await give(city, 'grid', { role: 'security_admin', area: '330881' });
  county = await t.signIn('grid');
});
afterAll(() => t.close());

const give = (by: Caller, to: string, post: object) =>
  by.send('POST', `/accounts/${ids.get(to)}/posts`, post);
const postOf = async (username: string) =>
  (
    await t.sql<{ id: string; until: string | null }>(
      'select id, until::text from post where account = $1 order by created_at desc limit 1',
      [ids.get(username)],
    )
  )[0];

describe('two of the three administrators', () => {
  it('are refused to one person, though the other post is in an area out of sight', async () => {
    for (const [username, role] of [
      ['auditor', 'system_admin'],
      ['auditor', 'security_admin'],
      ['sysadmin', 'audit_admin'],
    ] as const) {
      const answer = await give(county, username, { role, area: '330881' });
      expect({ username, role, status: answer.statusCode }).toEqual({
        username,
        role,
        // Told by the form, before the database would refuse it.
        status: 400,
      });
    }
    expect(
      (await give(county, 'auditor', { role: 'audit_admin', area: '330881' })).statusCode,
    ).toBe(201);
    expect(
      (await give(county, 'township', { role: 'audit_admin', area: '330881' })).statusCode,
    ).toBe(201);
  });

  it('are refused by putting off the end of the first', async () => {
    const first = { role: 'system_admin', area: '330802', until: '2026-06-20' };
    const post = (await give(city, 'village2', first)).json();
    await t.sql(
      `insert into post (id, account, role, area, lo, hi, since, created_at)
        select uuidv7(), account, 'audit_admin', area, lo, hi, '2026-07-01', created_at from post where id = $1`,
      [post.id],
    );
    const end = (until: string) => city.send('POST', `/posts/${post.id}/end`, { until });
    expect((await end('2026-07-01')).statusCode).toBe(403);
    expect((await end('2026-06-30')).statusCode).toBe(204);
  });
});

describe('one’s own post', () => {
  it('is neither put off nor ended by oneself', async () => {
    await t.sql(`update post set until = '2026-06-30' where account = $1`, [ids.get('grid')]);
    const own = await postOf('grid');
    for (const until of ['2099-12-31', '2026-06-20', undefined])
      expect((await county.send('POST', `/posts/${own?.id}/end`, { until })).statusCode).toBe(404);
    expect((await postOf('grid'))?.until).toBe('2026-06-30');
    expect(
      (await city.send('POST', `/posts/${own?.id}/end`, { until: '2026-07-31' })).statusCode,
    ).toBe(204);
  });
});

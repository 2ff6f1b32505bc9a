import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networksOf } from '../../features/gather/interface/deliver/address.ts';
import { readSystems } from '../../features/gather/interface/systems.ts';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { clientOf } from '../../tests/support/system-client.ts';
import type { Tx } from '../database/actor.ts';
import { deskOf } from './desk.ts';
import { added, asSecurity, ended, rotated } from './gather-systems.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

const desk = () => ({ ...deskOf(t.keys), networks: networksOf([]) });
const act = <T>(work: (tx: Tx) => Promise<T>, as = 'secadmin'): Promise<T> =>
  asSecurity(t, () => t.clock.now, as, work);
const wanted = {
  name: '命令行系统',
  source: 'health',
  area: '330881',
  items: ['resident.skills'],
  groups: [],
  values: true,
};

describe('minqing gather system', () => {
  it('adds, lists, rotates and ends a system, in an administrator’s name and on record', async () => {
    const { id, secret } = await act((tx) => added(tx, desk(), wanted));
    const works = async (one: string) =>
      (await clientOf(t.app, t.clock, { id, secret: one }).get('/changes')).statusCode === 200;
    expect(await works(secret)).toBe(true);
    const listed = await act((tx) => readSystems(tx, desk()));
    expect(listed).toMatchObject([{ id, name: '命令行系统', endedAt: null }]);
    const fresh = await act((tx) => rotated(tx, desk(), id, 0));
    expect([await works(secret), await works(fresh.secret)]).toEqual([false, true]);
    await act((tx) => ended(tx, id, '试用结束'));
    expect(await works(fresh.secret)).toBe(false);
    const left = await t.sql<{ action: string; username: string }>(
      `select e.action, a.username from audit_entry e join account a on a.id = e.account where e.subject = $1 order by e.xid`,
      [id],
    );
    expect(left).toEqual(
      ['add_system', 'rotate_system_secret', 'withdraw_system'].map((action) => ({
        action,
        username: 'secadmin',
      })),
    );
  });

  it('says in both languages what is wrong', async () => {
    await expect(act((tx) => added(tx, desk(), { ...wanted, area: '33' }))).rejects.toThrow(
      /区域：.* · area:/,
    );
    await expect(
      act((tx) => rotated(tx, desk(), '01980000-0000-7000-8000-000000000000', 99)),
    ).rejects.toThrow('--days');
    await expect(act((tx) => readSystems(tx, desk()), 'village')).rejects.toThrow('security_admin');
  });
});

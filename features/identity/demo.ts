import type pg from 'pg';
import { newId } from '../../server/ids.ts';
import { rangeOf } from '../area/queries.ts';
import type { RoleKey } from './contract.ts';
import { hashPassword } from './passwords.ts';

interface DemoAccount {
  username: string;
  name: string;
  role: RoleKey;
  area: string;
  department?: string;
  label: string;
}

/** The demo district's password, on purpose no secret. */
export const demoPassword = 'Minqing-demo-2026';

/** Fixed accounts of the demo district. */
export const demoAccounts: readonly DemoAccount[] = [
  {
    username: 'grid',
    name: '周网格',
    role: 'grid_worker',
    area: '330881002205001',
    label: '网格员 · 彭里村第一网格',
  },
  {
    username: 'village',
    name: '毛村干',
    role: 'village_cadre',
    area: '330881002205',
    label: '村干部 · 江山市虎山街道彭里村',
  },
  {
    username: 'village2',
    name: '徐村干',
    role: 'village_cadre',
    area: '330802013202',
    label: '村干部 · 柯城区花园街道上洋村',
  },
  {
    username: 'community',
    name: '吴社区',
    role: 'village_cadre',
    area: '330802008001',
    label: '社区干部 · 柯城区信安街道斗潭社区',
  },
  {
    username: 'township',
    name: '姜街道',
    role: 'township_officer',
    area: '330881002',
    label: '街道干部 · 虎山街道',
  },
  {
    username: 'county',
    name: '郑督导',
    role: 'county_supervisor',
    area: '330881',
    label: '县级督导 · 江山市',
  },
  {
    username: 'civil',
    name: '祝民政',
    role: 'department_officer',
    area: '330881',
    department: 'civil-affairs',
    label: '民政部门 · 江山市',
  },
  {
    username: 'city',
    name: '方督导',
    role: 'city_supervisor',
    area: '3308',
    label: '市级督导 · 衢州市',
  },
  { username: 'auditor', name: '严审计', role: 'audit_admin', area: '3308', label: '审计管理员' },
  { username: 'sysadmin', name: '施系统', role: 'system_admin', area: '3308', label: '系统管理员' },
  {
    username: 'secadmin',
    name: '安管理',
    role: 'security_admin',
    area: '3308',
    label: '安全管理员',
  },
];

/**
 * Makes the demo accounts, each with its post; runs as the owner, before anyone can sign in.
 * @returns the id of `village`, in whose name the demo's edits stand
 */
export async function loadDemoAccounts(
  client: pg.Client,
  now: Date,
  day: string,
): Promise<string | null> {
  const made = await client.query<{ id: string }>(
    "select id from account where username = 'village' and demo",
  );
  if (made.rows[0]) return made.rows[0].id;
  let author: string | null = null;
  const hash = await hashPassword(demoPassword);
  for (const { username, name, role, area, department } of demoAccounts) {
    const account = newId(now.getTime());
    if (username === 'village') author = account;
    const { lo, hi } = rangeOf(area);
    await client.query(
      'insert into account (id, username, name, password_hash, demo, created_at) values ($1, $2, $3, $4, true, $5)',
      [account, username, name, hash, now],
    );
    await client.query(
      'insert into post (id, account, role, department, area, lo, hi, since, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      [newId(now.getTime()), account, role, department ?? null, area, lo, hi, day, now],
    );
  }
  return author;
}

import { dayOf, minuteOf } from '../../server/clock.ts';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import type { TakenList } from '../../server/spreadsheet/taken.ts';
import type { Cell } from '../../server/spreadsheet/workbook.ts';
import { takeOut } from '../audit/take-out.ts';
import { type AccountFilter, countAccounts, listAccounts } from './accounts.ts';
import { type Account, type GivenPost, mostAccounts } from './contract.ts';
import { departmentsByKey, roles } from './roles.ts';
import type { Session } from './sessions.ts';

const perPage = 500;

/**
 * The list of accounts as Excel: a row for each post that the administrator sees, its first columns those of a staff
 * list, so that the sheet can be corrected and imported again.
 * @throws Problem invalid for more accounts than one file takes
 */
export async function takeAccounts(
  tx: Tx,
  session: Session,
  filter: AccountFilter,
  reason: string,
): Promise<Buffer> {
  const total = await countAccounts(tx, filter);
  if (total > mostAccounts) throw tooMany(total);
  const list: TakenList = { title, columns, rows: rowsOf(tx, filter) };
  const words = await filterWords(tx, filter);
  return takeOut(tx, { list: 'accounts', title, session, reason, filter: words }, [list]);
}

async function* rowsOf(tx: Tx, filter: AccountFilter): AsyncGenerator<Cell[]> {
  for (let after = '', more = true; more; ) {
    const page = await listAccounts(tx, filter, after, perPage);
    for (const account of page) {
      if (account.posts.length === 0) yield rowOf(account, undefined);
      for (const post of account.posts) yield rowOf(account, post);
    }
    const last = page.at(-1);
    more = last !== undefined && page.length === perPage;
    if (last) after = last.username;
  }
}

function rowOf(account: Account, post: GivenPost | undefined): Cell[] {
  const { department } = post ?? {};
  return [
    account.name,
    account.username,
    post?.area.code ?? null,
    post ? roles[post.role].zh : null,
    department ? (departmentsByKey[department]?.zh ?? department) : null,
    post ? { day: post.from } : null,
    post?.until ? { day: post.until } : null,
    post?.area.name ?? null,
    post ? postStates[post.state] : '没有岗位',
    account.active ? '在用' : '停用',
    marksOf(account),
    account.singleSignOn ? '已绑定' : null,
    { day: dayOf(new Date(account.createdAt)) },
  ];
}

function marksOf({ lockedUntil, passwordChange, secondFactorSince }: Account): string | null {
  const marks = [
    lockedUntil && `锁定至 ${minuteOf(new Date(lockedUntil))}`,
    passwordChange && '未改初始密码',
    secondFactorSince && '有动态验证码',
  ];
  return marks.filter(Boolean).join('、') || null;
}

async function filterWords(tx: Tx, filter: AccountFilter): Promise<string> {
  const { q, area, role, active, locked } = filter;
  const found =
    area === undefined
      ? undefined
      : await tx.first(sql<{ name: string }>`select name from area where code = ${area}`);
  const parts = [
    q && `姓名或用户名：${q}`,
    area && `区域：${found?.name ?? area}`,
    role && `岗位：${roles[role].zh}`,
    active !== undefined && (active ? '在用' : '停用'),
    locked && '锁定',
  ];
  return parts.filter(Boolean).join('；');
}

const tooMany = (total: number): Problem =>
  new Problem('invalid', {
    errors: [
      {
        field: 'area',
        code: 'too_many',
        message: {
          zh: `区域：共 ${total.toLocaleString('zh-CN')} 个账号，一次最多导出 ${mostAccounts.toLocaleString('zh-CN')} 个，请选小一些的区域或某一岗位`,
          en: `area: ${total.toLocaleString('en')} accounts, at most ${mostAccounts.toLocaleString('en')} at once; choose a smaller area or one role`,
        },
      },
    ],
  });

const title = '账号列表';
const columns = [
  { title: '姓名', width: 12 },
  { title: '账号', width: 16 },
  { title: '区划代码', width: 18 },
  { title: '岗位', width: 18 },
  { title: '部门', width: 10 },
  { title: '起', width: 12 },
  { title: '止', width: 12 },
  { title: '区域名称', width: 22 },
  { title: '岗位状态', width: 10 },
  { title: '账号状态', width: 10 },
  { title: '登录情况', width: 26 },
  { title: '统一身份认证', width: 14 },
  { title: '建立日期', width: 12 },
];
const postStates = { past: '已结束', present: '在任', future: '未到任' } as const;

import { minuteOf } from '../../server/clock.ts';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { Cell } from '../../server/spreadsheet/workbook.ts';
import { departmentsByKey, roles } from '../identity/roles.ts';
import type { Session } from '../identity/sessions.ts';
import { isAction } from './actions.ts';
import { type AuditEntry, mostEntries } from './contract.ts';
import { type EntryFilter, listEntries } from './entries.ts';
import { takeOut } from './take-out.ts';
import { attemptOf, auditWords } from './words.ts';

/** What keys of the archive are called; told by whoever knows its dictionary. */
export interface ArchiveWords {
  category(key: string): string;
  item(category: string, key: string): string;
  purpose(key: string): string;
}

const perPage = 1_000;
/** For how long the record is looked through, in milliseconds: what is rare is looked for page by page after it. */
const patience = 20_000;

type Wanted = Omit<EntryFilter, 'before' | 'since' | 'limit'>;

/**
 * The record as Excel, the newest entries that the filters find and no more than one file takes: where it is cut
 * off, the file says so.
 */
export async function takeRecord(
  tx: Tx,
  archive: ArchiveWords,
  session: Session,
  filter: Wanted,
  reason: string,
): Promise<Buffer> {
  let rest: string | null = null;
  let taken = 0;
  async function* rows(): AsyncGenerator<Cell[]> {
    const until = performance.now() + patience;
    let before: readonly [string, string] | undefined;
    for (;;) {
      const limit = Math.min(perPage, mostEntries - taken);
      const { items, next } = await listEntries(tx, { ...filter, before, limit });
      for (const entry of items) yield rowOf(archive, entry);
      taken += items.length;
      if (next === null) return;
      before = next;
      if (taken < mostEntries && performance.now() < until) continue;
      rest = next[0];
      return;
    }
  }
  const remark = (): string | null => rest && cutOff(taken, rest);
  const words = await filterWords(tx, archive, filter);
  const about = { list: 'audit', title, session, reason, filter: words, remark } as const;
  return takeOut(tx, about, [{ title, columns, rows: rows() }]);
}

const cutOff = (taken: number, before: string): string =>
  `只含最新的 ${taken.toLocaleString('zh-CN')} 条；${minuteOf(new Date(before))} 及更早的没有导出，请把“到”设为更早的日期，另行导出。`;

function rowOf(archive: ArchiveWords, entry: AuditEntry): Cell[] {
  const { account, post, category, item } = entry;
  return [
    minuteOf(new Date(entry.at)),
    account?.name ?? (entry.action === 'sign_in_refused' ? '未知账号' : '系统'),
    account?.username ?? null,
    post ? postWords(post) : null,
    auditWords.kinds[entry.kind],
    isAction(entry.action) ? auditWords.actions[entry.action] : entry.action,
    category ? nameOf(archive, category) : null,
    entry.subject,
    item && category ? archive.item(category, item) : item,
    entry.purpose && archive.purpose(entry.purpose),
    entry.area?.name ?? null,
    entry.operation && attemptWords(archive, entry),
    detailWords(entry.detail),
    entry.times,
    entry.id,
  ];
}

const subjects: Readonly<Record<string, string>> = {
  account: '账号',
  post: '岗位',
  job: '任务',
  system: '外部系统',
};

const nameOf = (archive: ArchiveWords, category: string): string =>
  subjects[category] ?? archive.category(category);

function attemptWords(archive: ArchiveWords, { operation, category }: AuditEntry): string {
  const object = category ? nameOf(archive, category) : '';
  return auditWords.attempts[attemptOf(operation)].replace('{object}', object);
}

function detailWords(detail: string | null): string | null {
  const reasons: Readonly<Record<string, string>> = auditWords.reasons;
  return detail === null ? null : (reasons[detail] ?? detail);
}

function postWords({ role, department, area }: NonNullable<AuditEntry['post']>): string {
  const known: Readonly<Record<string, { zh: string }>> = roles;
  const of = department && (departmentsByKey[department]?.zh ?? department);
  return [known[role]?.zh ?? role, of, area.name].filter(Boolean).join(' · ');
}

async function filterWords(tx: Tx, archive: ArchiveWords, filter: Wanted): Promise<string> {
  const known: Readonly<Record<string, { zh: string }>> = roles;
  const area =
    filter.area === undefined
      ? undefined
      : await tx.first(sql<{ name: string }>`select name from area where code = ${filter.area}`);
  const account =
    filter.account === undefined
      ? undefined
      : await tx.first(
          sql<{ name: string }>`select name from account where id = ${filter.account}::uuid`,
        );
  const action = filter.action && isAction(filter.action) && auditWords.actions[filter.action];
  const parts = [
    filter.from && `从 ${filter.from}`,
    filter.until && `到 ${filter.until}`,
    filter.kind && `类别：${auditWords.kinds[filter.kind]}`,
    filter.action && `动作：${action || filter.action}`,
    filter.who && `账号或姓名：${filter.who}`,
    filter.account && `账号：${account?.name ?? filter.account}`,
    filter.role && `角色：${known[filter.role]?.zh ?? filter.role}`,
    filter.post && `岗位：${filter.post}`,
    filter.subject && `档案：${filter.subject}`,
    filter.area && `区域：${area?.name ?? filter.area}`,
    filter.purpose && `目的：${archive.purpose(filter.purpose)}`,
  ];
  return parts.filter(Boolean).join('；');
}

const title = '留痕记录';
const columns = [
  { title: '时间', width: 17 },
  { title: '姓名', width: 10 },
  { title: '账号', width: 14 },
  { title: '岗位', width: 28 },
  { title: '类别', width: 12 },
  { title: '动作', width: 18 },
  { title: '对象', width: 10 },
  { title: '对象编号', width: 38 },
  { title: '项目', width: 16 },
  { title: '目的', width: 16 },
  { title: '区域', width: 18 },
  { title: '被拒的操作', width: 18 },
  { title: '说明', width: 30 },
  { title: '次数', width: 6 },
  { title: '记录编号', width: 38 },
];

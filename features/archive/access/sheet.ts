import type { Tx } from '../../../server/database/actor.ts';
import type { Cell } from '../../../server/spreadsheet/workbook.ts';
import { takeOut } from '../../audit/take-out.ts';
import { departmentsByKey, roles } from '../../identity/roles.ts';
import type { Session } from '../../identity/sessions.ts';
import type { AccessToRecord, Reach } from './contract.ts';
import { accessWords } from './words.ts';

/** Who can see a record, as Excel, for whoever asked for it: names and posts of officials, nothing of the record. */
export function takeAccess(
  tx: Tx,
  session: Session,
  found: AccessToRecord,
  { number, label, reason }: { number: string; label: string; reason: string },
): Promise<Buffer> {
  const title = '能看档案的人员';
  const filter = `${label}档案 ${number}，位于${found.record.area.name}`;
  const about = { list: 'access', title, session, reason, filter } as const;
  return takeOut(tx, about, [{ title, columns, rows: rowsOf(found) }]);
}

function* rowsOf({ holders }: AccessToRecord): Generator<Cell[]> {
  for (const { account, role, department, area, groups } of holders) {
    const named = (reach: Reach): string =>
      groups
        .filter((one) => one.reach === reach)
        .map(({ group }) => accessWords.groups[group])
        .join('、');
    yield [
      account.name,
      account.username,
      roles[role].zh,
      department ? (departmentsByKey[department]?.zh ?? department) : null,
      area.name,
      area.code,
      named('open') || null,
      named('purpose') || null,
    ];
  }
}

const columns = [
  { title: '姓名', width: 12 },
  { title: '账号', width: 16 },
  { title: '岗位', width: 18 },
  { title: '部门', width: 10 },
  { title: '区域', width: 20 },
  { title: '区划代码', width: 18 },
  { title: accessWords.reach.open, width: 50 },
  { title: accessWords.reach.purpose, width: 50 },
];

import { instantOf, minuteOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { TakenList } from '../../../server/spreadsheet/taken.ts';
import type { Cell } from '../../../server/spreadsheet/workbook.ts';
import { takeOut } from '../../audit/take-out.ts';
import type { Session } from '../../identity/sessions.ts';
import { formOf } from '../dictionary/forms.ts';
import type { Category, Dictionary } from '../dictionary/types.ts';
import type { ServedCounty } from './store.ts';
import { viewOf } from './view.ts';
import { itemWords } from './words.ts';

type View = ReturnType<typeof viewOf>;

/** A county's items, code tables and their changes as Excel: definitions, nothing of anybody. */
export function takeItems(
  tx: Tx,
  session: Session,
  {
    pack,
    defined,
    county,
    reason,
  }: { pack: Dictionary; defined: Dictionary; county: ServedCounty; reason: string },
): Promise<Buffer> {
  const view = viewOf(pack, defined, county, 0);
  const about = { list: 'items', title: '档案项目', session, reason, filter: county.name } as const;
  return takeOut(tx, about, [
    { title: '档案项目', columns: itemColumns, rows: itemRows(view) },
    { title: '代码表', columns: codeColumns, rows: codeRows(view) },
    changesOf(tx, defined, county.county),
  ]);
}

function* itemRows(view: View): Generator<Cell[]> {
  const sources = wordsBy(view.sources);
  const retention = wordsBy(view.retention);
  const tables = new Map(view.tables.map(({ name, label }) => [name, label.zh]));
  for (const category of view.categories) {
    const sections = wordsBy(category.sections);
    for (const item of category.items)
      yield [
        category.label.zh,
        sections.get(item.section) ?? item.section,
        item.label.zh,
        item.key,
        wordOf(itemWords.types, item.type),
        item.codes ? (tables.get(item.codes) ?? item.codes) : null,
        wordOf(itemWords.sensitivities, item.sensitivity),
        sources.get(item.source) ?? item.source,
        retention.get(item.retention) ?? item.retention,
        item.required ? '是' : null,
        item.freshMonths ?? null,
        item.min ?? null,
        item.max ?? null,
        item.maxLength ?? null,
        formOf(item.form)?.label.zh ?? item.pattern ?? null,
        item.help?.zh ?? null,
        wordOf(itemWords.origins, item.origin),
        item.retired ? '停用' : '在用',
      ];
  }
}

function* codeRows(view: View): Generator<Cell[]> {
  for (const { label, standard, codes } of view.tables)
    for (const { code, zh, retired } of codes)
      yield [
        label.zh,
        standard === 'local' ? '本地' : standard,
        code,
        zh,
        retired ? '停用' : '在用',
      ];
}

function changesOf(tx: Tx, defined: Dictionary, county: number): TakenList {
  async function* rows(): AsyncGenerator<Cell[]> {
    const changes = await tx.rows(sql<{
      version: number;
      kind: 'item' | 'codes';
      category: Category | null;
      key: string;
      back: boolean;
      reason: string;
      by: string;
      at: string;
    }>`select version, kind, category, key, definition is null as back, reason, account_name as by, at
        from item_change where county = ${county} order by version desc limit 10000`);
    for (const { version, kind, category, key, back, reason, by, at } of changes) {
      const label =
        kind === 'codes'
          ? defined.codes[key]?.label.zh
          : category && defined.item(category, key)?.label.zh;
      yield [
        version,
        minuteOf(new Date(instantOf(at))),
        by,
        kind === 'codes' ? '代码表' : '项目',
        category ? defined.categories[category].label.zh : null,
        label ?? key,
        back ? '恢复通用设置' : '修改',
        reason,
      ];
    }
  }
  return { title: '修改历史', columns: changeColumns, rows: rows() };
}

const wordOf = (words: Readonly<Record<string, string>>, key: string): string => words[key] ?? key;
const wordsBy = (entries: readonly { key: string; label: { zh: string } }[]) =>
  new Map(entries.map(({ key, label }) => [key, label.zh]));

const itemColumns = [
  { title: '类别', width: 8 },
  { title: '栏目', width: 14 },
  { title: '名称', width: 18 },
  { title: '键', width: 22 },
  { title: '填写方式', width: 12 },
  { title: '代码表', width: 16 },
  { title: '敏感程度', width: 14 },
  { title: '数据来源', width: 14 },
  { title: '保存期限', width: 18 },
  { title: '必填', width: 6 },
  { title: '核实期限（月）', width: 14 },
  { title: '最小', width: 12 },
  { title: '最大', width: 12 },
  { title: '字数', width: 8 },
  { title: '书写格式', width: 18 },
  { title: '填写说明', width: 32 },
  { title: '来自', width: 10 },
  { title: '状态', width: 8 },
];
const codeColumns = [
  { title: '代码表', width: 20 },
  { title: '标准', width: 18 },
  { title: '代码', width: 12 },
  { title: '名称', width: 24 },
  { title: '状态', width: 8 },
];
const changeColumns = [
  { title: '版本', width: 8 },
  { title: '时间', width: 17 },
  { title: '修改人', width: 12 },
  { title: '种类', width: 10 },
  { title: '类别', width: 8 },
  { title: '名称', width: 20 },
  { title: '做法', width: 14 },
  { title: '原因', width: 40 },
];

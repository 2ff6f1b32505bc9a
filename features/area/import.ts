import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { withClient } from '../../server/database/connect.ts';
import { initials } from './initials.ts';

/** What an import came to. */
export interface AreaImport {
  read: number;
  added: number;
  changed: number;
}

/** Thrown with the first faults of a file; nothing of it was taken in. */
export class AreaFileError extends Error {
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`区划文件有误，未导入 · the file of areas was not taken in:\n  ${faults.join('\n  ')}`);
    this.name = 'AreaFileError';
    this.faults = faults;
  }
}

/**
 * Takes in or brings up to date the tree of areas from a CSV `code,name,parent` (UTF-8, with or
 * without a byte order mark). The whole file or nothing; areas that it does not name stay.
 * @param source the file as a stream; memory does not grow with its size
 * @throws AreaFileError naming line and fix
 */
export async function importAreas(
  owner: pg.ClientConfig,
  source: NodeJS.ReadableStream,
): Promise<AreaImport> {
  return withClient(owner, async (client) => {
    await client.query('begin');
    try {
      await client.query(
        `create temporary table incoming (line int, code text collate "C", name text, parent text collate "C", search text) on commit drop`,
      );
      const read = await copyIn(client, source);
      await client.query('create index on incoming (code)');
      await client.query('analyze incoming');
      const faults = await faultsOf(client);
      if (faults.length > 0) throw new AreaFileError(faults);
      const counts = await merge(client);
      await client.query('commit');
      return { read, ...counts };
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  });
}

interface Numbered {
  info: { lines: number };
  record: Record<string, string>;
}

async function copyIn(client: pg.Client, source: NodeJS.ReadableStream): Promise<number> {
  // The last line read; a record may stand on several, and empty ones are passed over.
  let line = 0;
  let read = 0;
  const rows = new Transform({
    writableObjectMode: true,
    transform({ info, record }: Numbered, _encoding, done) {
      line = info.lines;
      read++;
      const { code = '', name = '', parent = '' } = record;
      done(
        null,
        `${[String(line), code.trim(), name.trim(), parent.trim(), initials(name.trim())].map(escaped).join('\t')}\n`,
      );
    },
  });
  const csv = parse({
    bom: true,
    columns: (header: string[]) => {
      line = 1;
      return headerOf(header);
    },
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 10_000,
  });
  try {
    await pipeline(source, csv, rows, client.query(copyFrom('copy incoming from stdin')));
  } catch (error) {
    if (error instanceof AreaFileError || !(error as { code?: string }).code?.startsWith('CSV_'))
      throw error;
    throw new AreaFileError([
      `第 ${line + 1} 行附近无法读取 · near line ${line + 1}: ${(error as Error).message}`,
    ]);
  }
  if (line === 0) headerOf([]);
  return read;
}

function headerOf(header: string[]): string[] {
  const columns = header.map((name) => name.trim().toLowerCase());
  const missing = ['code', 'name', 'parent'].filter((name) => !columns.includes(name));
  if (missing.length === 0) return columns;
  throw new AreaFileError([
    `第 1 行：缺少列 ${missing.join('、')} · line 1: the columns ${missing.join(', ')} are missing; the first line must be code,name,parent`,
  ]);
}

function escaped(text: string): string {
  return text
    .replaceAll('\0', '')
    .replace(
      /[\\\t\n\r]/g,
      (character) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[character] ?? '',
    );
}

/** Checks a file as a whole; at most ten faults are told. */
async function faultsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{
    line: number;
    fault: string;
    code: string;
    parent: string | null;
  }>(`
    select * from (select distinct on (line) * from (
      select line, 'code' as fault, code, parent from incoming where code !~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$'
      union all select line, 'name', code, parent from incoming where name = ''
      union all select line, 'encoding', code, parent from incoming where name like '%' || chr(65533) || '%'
      union all select line, 'zero', code, parent from incoming where code ~ '^[0-9]{12}000$'
      union all select line, 'twice', code, parent from (select *, row_number() over (partition by code order by line) as n from incoming) d where n > 1
      union all select line, 'top', code, parent from incoming where parent = '' and length(code) > 2
      union all select line, 'above', code, parent from incoming where parent <> ''
        and (length(parent) >= length(code) or length(parent) < case length(code) when 4 then 2 when 6 then 4 when 9 then 6 when 12 then 9 else 12 end
          or parent <> left(code, length(parent)))
      union all select line, 'parent', code, parent from incoming i where parent <> ''
        and not exists (select from incoming p where p.code = i.parent) and not exists (select from area a where a.code = i.parent)
    ) faults
      order by line, array_position(array['code', 'encoding', 'name', 'zero', 'twice', 'top', 'above', 'parent'], fault)) one_each order by line limit 10`);
  return rows.map(
    ({ line, fault, code, parent }) =>
      `第 ${line} 行 ${words(fault, code, parent ?? '').zh} · line ${line}: ${words(fault, code, parent ?? '').en}`,
  );
}

function words(fault: string, code: string, parent: string): { zh: string; en: string } {
  switch (fault) {
    case 'code':
      return {
        zh: `代码“${code}”应为 2、4、6、9、12 或 15 位数字`,
        en: `code "${code}" must have 2, 4, 6, 9, 12 or 15 digits`,
      };
    case 'name':
      return { zh: `代码 ${code} 没有名称，请补上`, en: `${code} has no name; add it` };
    case 'encoding':
      return {
        zh: `代码 ${code} 的名称无法读取，请把文件另存为 UTF-8 编码`,
        en: `the name of ${code} cannot be read; save the file as UTF-8`,
      };
    case 'zero':
      return {
        zh: `代码“${code}”：网格号应从 001 起`,
        en: `code "${code}": grids are numbered from 001`,
      };
    case 'twice':
      return {
        zh: `代码 ${code} 重复，请删去一行`,
        en: `${code} stands in the file twice; remove one`,
      };
    case 'top':
      return {
        zh: `代码 ${code} 没有上级，请填写 parent`,
        en: `${code} has no parent; only a province may`,
      };
    case 'above':
      return {
        zh: `${parent} 不是 ${code} 的上一级代码`,
        en: `${parent} is not the code one level above ${code}`,
      };
    default:
      return {
        zh: `上级 ${parent} 不存在，请补上该行`,
        en: `the parent ${parent} is neither in the file nor in the tree; add it`,
      };
  }
}

async function merge(client: pg.Client): Promise<{ added: number; changed: number }> {
  // Parents come before children: a child's foreign key is checked at the end of the statement, so one is enough.
  const { rows } = await client.query<{ added: number; changed: number }>(`
    with merged as (
      insert into area (code, parent, level, name, lo, hi, search)
      select code, nullif(parent, ''), case length(code) when 2 then 1 when 4 then 2 when 6 then 3 when 9 then 4 when 12 then 5 else 6 end,
             name, code::bigint * power(10::numeric, 15 - length(code))::bigint, (code::bigint + 1) * power(10::numeric, 15 - length(code))::bigint, search
        from incoming
      on conflict (code) do update set name = excluded.name, parent = excluded.parent, search = excluded.search, retired_at = null, successor = null
        where (area.name, area.parent, area.search) is distinct from (excluded.name, excluded.parent, excluded.search) or area.retired_at is not null
      returning xmax = 0 as fresh)
    select count(*) filter (where fresh)::int as added, count(*) filter (where not fresh)::int as changed from merged`);
  await client.query('analyze area');
  return rows[0] ?? { added: 0, changed: 0 };
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../server/database/connect.ts';
import { startApp, type TestApp } from '../support/app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

const asServer = <R extends object>(text: string): Promise<R[]> =>
  withClient(t.server, async (client) => (await client.query(text)).rows as R[]);

describe('the catalogue', () => {
  it('has row security on every table', async () => {
    const open =
      await t.sql(`select relname from pg_class where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p') and not relrowsecurity`);
    expect(open).toEqual([]);
  });

  it('has a comment on every table and column', async () => {
    const silent = await t.sql(`select c.relname, a.attname from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)`);
    expect(silent).toEqual([]);
  });

  it('leads every key of a large table with county', async () => {
    const keys = await t.sql<{
      table: string;
      first: string;
    }>(`select c.relname as table, a.attname as first from pg_index i
        join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where i.indisunique and c.relnamespace = 'public'::regnamespace
         and exists (select from pg_attribute x where x.attrelid = c.oid and x.attname = 'county')`);
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter(({ first }) => first !== 'county')).toEqual([]);
  });

  it('gives the server a role that owns nothing and bypasses nothing', async () => {
    const [role] = await asServer<{ strong: boolean; owned: number }>(`select
      (select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user) as strong,
      (select count(*)::int from pg_class where relowner = (select oid from pg_roles where rolname = current_user)) as owned`);
    expect(role).toEqual({ strong: false, owned: 0 });
  });

  it('lets the server neither change nor delete the audit and the history', async () => {
    const grants =
      await t.sql(`select table_name, privilege_type from information_schema.role_table_grants
      where grantee = 'minqing_server' and table_name in ('audit_entry', 'audit_seal', 'audit_retired', 'audit_check', 'archive_change') and privilege_type not in ('SELECT', 'INSERT')`);
    expect(grants).toEqual([]);
  });

  it('hides password hashes from the server', async () => {
    await expect(asServer('select password_hash from account')).rejects.toThrow(
      /permission denied/,
    );
  });

  it('runs every gate function that steps over row security with a fixed search path', async () => {
    const loose =
      await t.sql(`select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
      and not coalesce(array_to_string(proconfig, ','), '') like '%search_path=%'`);
    expect(loose).toEqual([]);
  });
});

describe('SQL as the server’s role', () => {
  it('shows no row of any table while no scope is set', async () => {
    const tables = await t.sql<{
      name: string;
      column: string;
    }>(`select relname as name, min(attname) as column from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and has_column_privilege('minqing_server', c.oid, a.attnum, 'select')
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') group by relname`);
    expect(tables.length).toBeGreaterThan(20);
    for (const { name, column } of tables) {
      const rows = await asServer(`select ${column} from ${name} limit 1`);
      expect({ name, rows: rows.length }).toEqual({ name, rows: 0 });
    }
  });

  it('shows a village no row of another, whatever is asked', async () => {
    const [lo, hi] = [330881002205000, 330881002206000];
    const tables = await t.sql<{ name: string }>(`select c.relname as name from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'area' and a.atttypid = 'int8'::regtype
      where c.relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`);
    expect(tables.length).toBeGreaterThan(15);
    let seen = 0;
    await withClient(t.server, async (client) => {
      for (const { name } of tables) {
        await client.query(`begin; set local minqing.lo = '${lo}'; set local minqing.hi = '${hi}';
          set local minqing.open = ',file,contact,identity,health,ethnic,welfare,minor,economy,'`);
        const { rows } = await client.query(
          `select count(*) as all, count(*) filter (where area < ${lo} or area >= ${hi}) as foreign from ${name}`,
        );
        await client.query('rollback');
        expect({ name, foreign: rows[0].foreign }).toEqual({ name, foreign: 0 });
        seen += rows[0].all;
      }
    });
    expect(seen).toBeGreaterThan(10_000);
  });

  it('shows a closed group only for its subject', async () => {
    const set = (more: string) =>
      `begin; set local minqing.lo = '330881002205000'; set local minqing.hi = '330881002206000'; ${more}`;
    await withClient(t.server, async (client) => {
      const count = async (more: string): Promise<number> => {
        await client.query(set(more));
        const { rows } = await client.query('select id from resident_identity');
        await client.query('rollback');
        return rows.length;
      };
      const [one] = await t.sql<{ id: string }>(
        'select id from resident_identity where area >= 330881002205000 and area < 330881002206000 limit 1',
      );
      expect(await count('')).toBe(0);
      expect(await count("set local minqing.open = ',file,'")).toBe(0);
      expect(await count("set local minqing.reveal = ',identity,'")).toBe(0);
      expect(
        await count(
          `set local minqing.reveal = ',contact,'; set local minqing.subject = '{${one?.id}}'`,
        ),
      ).toBe(0);
      expect(
        await count(
          `set local minqing.reveal = ',identity,'; set local minqing.subject = '{${one?.id}}'`,
        ),
      ).toBe(1);
    });
  });

  it('refuses writes out of scope', async () => {
    const [foreign] = await t.sql<{ id: string; county: number }>(
      'select id, county from household where area < 330881000000000 limit 1',
    );
    await withClient(t.server, async (client) => {
      await client.query(`begin; set local minqing.lo = '330881002205000'; set local minqing.hi = '330881002206000';
        set local minqing.write = ',list,file,'; set local minqing.open = ',file,'`);
      const touched = await client.query('update household set head = $1 where id = $2', [
        'x',
        foreign?.id,
      ]);
      expect(touched.rowCount).toBe(0);
      await expect(
        client.query(
          `insert into household (county, id, area, updated_at) values (330802, uuidv7(), 330802013202000, now())`,
        ),
      ).rejects.toThrow(/row-level security/);
      await client.query('rollback');
      await client.query(
        `begin; set local minqing.lo = '330881002205000'; set local minqing.hi = '330881002206000'; set local minqing.write = ',list,'`,
      );
      // An own record cannot be pushed over the border either.
      await expect(
        client.query('update household set area = 330802013202000, county = 330802'),
      ).rejects.toThrow(/row-level security/);
      await client.query('rollback');
    });
  });
});

describe('the steward’s role', () => {
  it('owns nothing and bypasses nothing', async () => {
    const [role] = await withClient(
      t.steward,
      async (client) =>
        (
          await client.query(`select
      (select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user) as strong,
      (select count(*)::int from pg_class where relowner = (select oid from pg_roles where rolname = current_user)) as owned,
      (select count(*)::int from pg_auth_members where member = (select oid from pg_roles where rolname = current_user)) as memberships`)
        ).rows,
    );
    expect(role).toEqual({ strong: false, owned: 0, memberships: 0 });
  });

  it('has the queue, and of other tables what one kind of job needs, by kind', async () => {
    const queue = ['job', 'job_content', 'job_schedule'];
    const reached = await t.sql<{ name: string }>(`select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and (has_any_column_privilege('minqing_steward', oid, 'select, insert, update')
          or has_table_privilege('minqing_steward', oid, 'delete'))`);
    const others = reached.map(({ name }) => name).filter((name) => !queue.includes(name));
    expect(others.length).toBeGreaterThan(0);
    const policies = await t.sql<{ name: string; open: boolean }>(`select tablename as name,
        not (coalesce(qual, '') like '%gate_kind(%' or (qual is null and with_check like '%gate_kind(%')) as open
      from pg_policies where 'minqing_steward' = any (roles)`);
    const tied = policies.filter(({ name }) => !queue.includes(name));
    expect(tied.filter(({ open }) => open)).toEqual([]);
    expect([...new Set(tied.map(({ name }) => name))].sort()).toEqual(others.sort());
  });
});

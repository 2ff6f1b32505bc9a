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
    // Rows of a file are spread by batch, and what was decided of them by what they say: of which county they are is what
    // is to be found out.
    const byBatch = ['gather_link', 'gather_unit', 'gather_decision'];
    expect(
      keys.filter(({ table, first }) => first !== 'county' && !byBatch.includes(table)),
    ).toEqual([]);
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

  it('asks for the scope once a statement, in a sub-select, where rows are read: not once a row', async () => {
    const policies = await t.sql<{
      name: string;
      asks: boolean;
      each: boolean;
    }>(`select policyname as name,
        qual like '%scope_lo()%' as asks,
        replace(replace(qual, 'SELECT scope_lo()', ''), 'SELECT scope_hi()', '') ~ 'scope_(lo|hi)\\(' as each
      from pg_policies where qual is not null and policyname <> 'account_read'`);
    expect(policies.filter(({ asks }) => asks).length).toBeGreaterThan(30);
    expect(policies.filter(({ each }) => each)).toEqual([]);
  });

  it('runs every gate function that steps over row security with a fixed search path', async () => {
    const loose =
      await t.sql(`select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
      and not coalesce(array_to_string(proconfig, ','), '') like '%search_path=%'`);
    expect(loose).toEqual([]);
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

import type { LightMyRequestResponse } from 'fastify';
import { citizenIdCheckDigit } from '../../features/archive/rules/citizen-id.ts';
import type { BatchView } from '../../features/gather/contract.ts';
import { createVault } from '../../server/crypto.ts';
import type { Caller, TestApp } from './app.ts';
import { firstSignIn, makeAccount } from './steps.ts';

const boundary = 'minqing-gather-boundary';

/** An officer of a department of 江山市, or of another county. */
export async function officer(t: TestApp, department: string, area = '330881'): Promise<Caller> {
  const username = `o${department.replaceAll('-', '')}${area}`;
  const { password } = await makeAccount(t, username, {
    role: 'department_officer',
    department,
    area,
  });
  return firstSignIn(t, username, password);
}

/** Hands a file in as a browser does. */
export function handIn(
  t: TestApp,
  caller: Caller,
  name: string,
  content: string | Buffer,
): Promise<LightMyRequestResponse> {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n`;
  return t.app.inject({
    method: 'POST',
    url: '/api/v1/gather/files',
    headers: {
      cookie: caller.cookie,
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
    payload: Buffer.concat([
      Buffer.from(head),
      Buffer.from(content),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  });
}

/** Hands a file in and starts to gather it. @returns the batch's number and its job */
export async function startGathering(
  t: TestApp,
  caller: Caller,
  profile: string,
  content: string | Buffer,
  name = 'file.csv',
): Promise<{ number: number; job: string }> {
  const handed = await handIn(t, caller, name, content);
  if (handed.statusCode !== 201) throw new Error(handed.body);
  const started = await caller.send('POST', '/gather/batches', { file: handed.json().id, profile });
  if (started.statusCode !== 202) throw new Error(started.body);
  return started.json();
}

/** Gathers a file to its end. */
export async function gatherFile(
  t: TestApp,
  caller: Caller,
  profile: string,
  content: string | Buffer,
): Promise<BatchView> {
  const { number } = await startGathering(t, caller, profile, content);
  await t.worker().drain();
  return (await caller.get(`/gather/batches/${number}`)).json();
}

/** A valid id of nobody. */
export function inventedId(birth: string, serial: number): string {
  const first = `990188${birth.replaceAll('-', '')}${String(serial).padStart(3, '0')}`;
  return first + citizenIdCheckDigit(first);
}

/** Somebody of the demo district who can be known by an id. */
export interface Known {
  id: string;
  name: string;
  citizen: string;
}

/** People of 彭里村 with an id, whose names nobody shares. */
export async function knownPeople(
  t: TestApp,
  n: number,
  village = '330881002205',
): Promise<Known[]> {
  const vault = createVault(t.keys);
  const rows = await t.sql<{ id: string; name: string; sealed: string }>(
    `select r.id, r.name, i.facts -> 'citizen_id' ->> 'v' as sealed
       from resident r join resident_identity i on i.county = r.county and i.id = r.id and i.facts ? 'citizen_id'
      where r.area between $2::bigint * 1000 and $2::bigint * 1000 + 999 and r.left_on is null and r.birth < '2000-01-01'
        and not exists (select from resident o where o.name = r.name and o.id <> r.id)
      order by r.id limit $1`,
    [n, village],
  );
  return rows.map(({ id, name, sealed }) => ({ id, name, citizen: vault.open(sealed) }));
}

/** The file of the health office. */
export const healthFile = (rows: readonly (readonly string[])[]): string =>
  ['姓名,证件号码,联系电话,慢病,家庭医生,建档日期', ...rows.map((row) => row.join(','))].join('\n');

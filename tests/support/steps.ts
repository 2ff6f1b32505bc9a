import type { LightMyRequestResponse } from 'fastify';
import { codeAt, stepOf } from '../../features/identity/rules/totp.ts';
import { type Caller, callerWith, type TestApp } from './app.ts';

/** The password that accounts of tests have once they changed their first. */
export const ownPassword = 'chosen by its owner 7';

/** The caller whose cookie an answer sets. */
export function callerOf(t: TestApp, answer: LightMyRequestResponse): Caller {
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  return callerWith(t.app, cookie);
}

/** The code an authenticator app shows at the test's clock, or some steps from it. */
export function codeNow(t: TestApp, secret: string, stepsAway = 0): string {
  return codeAt(secret, stepOf(t.clock.now) + stepsAway);
}

/** Moves the clock on to the next code. */
export function nextCode(t: TestApp): void {
  t.clock.now = new Date(t.clock.now.getTime() + 30_000);
}

/** An account made by the security administrator, with a post where one is named, and its first password. */
export async function makeAccount(
  t: TestApp,
  username: string,
  post?: { role: string; area: string; [field: string]: unknown },
): Promise<{ id: string; password: string }> {
  const admin = await t.signIn('secadmin');
  const made = await admin.send('POST', '/accounts', { username, name: `${username}先生` });
  if (made.statusCode !== 201) throw new Error(`${username}: ${made.body}`);
  const { id, password } = made.json();
  if (post) {
    const given = await admin.send('POST', `/accounts/${id}/posts`, post);
    if (given.statusCode !== 201) throw new Error(`${username}: ${given.body}`);
  }
  return { id, password };
}

/** Signs in with the first password and changes it to `ownPassword`. */
export async function firstSignIn(t: TestApp, username: string, first: string): Promise<Caller> {
  const caller = await t.signIn(username, first);
  const answer = await caller.send('POST', '/session/password', {
    current: first,
    next: ownPassword,
  });
  if (answer.statusCode !== 204) throw new Error(`${username}: ${answer.body}`);
  return caller;
}

/** Sets the second factor up, in the step for it or later. */
export async function enrol(
  t: TestApp,
  caller: Caller,
  proof: object = {},
): Promise<{ caller: Caller; secret: string; codes: string[] }> {
  const begun = await caller.send('POST', '/session/second-factor', proof);
  if (begun.statusCode !== 201) throw new Error(begun.body);
  const { secret } = begun.json();
  const confirmed = await caller.send('PUT', '/session/second-factor', {
    code: codeNow(t, secret),
  });
  if (confirmed.statusCode !== 200) throw new Error(confirmed.body);
  return {
    caller: callerOf(t, confirmed),
    secret,
    codes: confirmed.json().recoveryCodes,
  };
}

/** A real administrator: account, post, own password and second factor, signed in. */
export async function makeAdministrator(
  t: TestApp,
  username: string,
  role: 'system_admin' | 'security_admin' | 'audit_admin',
  area = '3308',
): Promise<{ id: string; caller: Caller; secret: string; codes: string[] }> {
  const { id, password } = await makeAccount(t, username, { role, area });
  const enrolled = await enrol(t, await firstSignIn(t, username, password));
  return { id, ...enrolled };
}

import { randomBytes } from 'node:crypto';
import { dayOf } from '../../server/clock.ts';
import { hashToken, newToken } from '../../server/crypto.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { newRecoveryCodes, plainCode, plainRecoveryCode } from './rules/one-time.ts';
import { base32, keyUri, matchingStep } from './rules/totp.ts';
import type { Services } from './services.ts';
import { type Session, type Stage, sessionLasts } from './sessions.ts';
import { checkCredentials, lockedOut, refuseLocked } from './sign-in.ts';

/** The second factor of a session's account; the secrets sealed. */
export interface Factor {
  demo: boolean;
  secret: string | null;
  pending: string | null;
  since: string | null;
  /** Administrators cannot do without (DOMAIN.md, section 6). */
  required: boolean;
  codes_left: number;
}

/** Reads the second factor of the session's account. */
export async function factorOf({ database, clock }: Services, session: Session): Promise<Factor> {
  const [row] = await database.gate<Factor>(
    sql<Factor>`select * from gate_factor(${session.tokenHash}, ${dayOf(clock())})`,
  );
  if (!row) throw new Problem('not-signed-in');
  return row;
}

interface Tried {
  account: string;
  post: string | null;
  role: string | null;
  lo: number | null;
  secret: string | null;
  last_step: number;
  locked_until: string | null;
  locked_after: string | null;
}

/**
 * Takes a code, or a recovery code, in a session: as the second step of signing in, under a new token, or to prove
 * once more who is there. A try is counted before it is looked at, and towards the same lock as passwords.
 * @returns the stage the session then has
 * @throws Problem wrong-code, also for a code that was used; locked-out
 */
export async function takeCode(
  services: Services,
  session: Session,
  typed: string,
  newHash: Buffer = session.tokenHash,
): Promise<Stage> {
  const { database, vault, clock } = services;
  const now = clock();
  const [tried] = await database.gate<Tried>(
    sql<Tried>`select * from gate_factor_try(${session.tokenHash}, ${now})`,
  );
  if (!tried?.secret) throw new Problem('forbidden');
  await refuseLocked(services, tried.account, tried.locked_until, now);
  const code = plainCode(typed);
  const step = code && matchingStep(vault.open(tried.secret), code, now, tried.last_step);
  const recovery = code ? null : recoveryHash(services, tried.account, typed);
  if (step || recovery) {
    const [passed] = await database.gate<{ stage: Stage | null }>(
      sql<{
        stage: Stage | null;
      }>`select gate_factor_pass(${session.tokenHash}, ${newHash}, ${step || null}, ${recovery}, ${now}, ${dayOf(now)}, ${sessionLasts}::interval) as stage`,
    );
    if (passed?.stage) return passed.stage;
  }
  const { account, post, role, lo, locked_after } = tried;
  await services.refusals.write({
    action: 'second_factor_refused',
    account,
    post: post === null ? null : { id: post, role: role ?? '', lo: lo ?? 0 },
    operation: 'passSecondFactor',
    reason: 'wrong-code',
  });
  throw lockedOut(locked_after, now) ?? new Problem('wrong-code');
}

/** What is kept of a recovery code: a keyed hash, useless without the installation's key. Null when it can be none. */
function recoveryHash({ vault }: Services, account: string, typed: string): string | null {
  const plain = plainRecoveryCode(typed);
  return plain === null ? null : vault.blind('recovery-code', `${account} ${plain}`);
}

/** What proves again who is there, before the second factor is changed. */
export interface Proof {
  password?: string | undefined;
  code?: string | undefined;
}

/**
 * Asks again for what opened the session: the password, and a code where there is a second factor. In the step of
 * setting it up the password was given a moment ago; who came by single sign-on may not know one.
 * @throws Problem invalid when something is missing, or what a wrong password or code throws
 */
export async function proveAgain(
  services: Services,
  session: Session,
  factor: Factor,
  { password, code }: Proof,
): Promise<void> {
  if (session.stage !== 'open') return;
  if (session.method === 'password') {
    if (password === undefined)
      throw missing('password', { zh: '请输入当前密码', en: 'password: is required' });
    await checkCredentials(services, session.username, password);
  }
  if (factor.secret === null) return;
  if (code === undefined)
    throw missing('code', {
      zh: '请输入动态验证码或备用码',
      en: 'code: a code or a recovery code is required',
    });
  await takeCode(services, session, code);
}

function missing(field: string, message: { zh: string; en: string }): Problem {
  return new Problem('invalid', { errors: [{ field, code: 'required', message }] });
}

/**
 * Makes a new secret, kept aside until its first code is confirmed.
 * @returns the secret in base 32 and the address for the QR code
 * @throws Problem forbidden for the fixed accounts of the demo
 */
export async function beginFactor(
  { database, vault }: Services,
  session: Session,
): Promise<{ secret: string; uri: string }> {
  const secret = base32(randomBytes(20));
  const [row] = await database.gate<{ begun: boolean }>(
    sql<{
      begun: boolean;
    }>`select gate_factor_begin(${session.tokenHash}, ${vault.seal(secret)}) as begun`,
  );
  if (!row?.begun)
    throw new Problem('forbidden', {
      detail: {
        zh: '演示账号人人可用，不绑定动态验证码；请用新建的账号试用',
        en: 'The demo’s accounts are open to everybody and take no second factor; try it with a new account',
      },
    });
  return { secret, uri: keyUri(secret, session.username) };
}

/**
 * Confirms the new secret with its first code and puts it in force, with fresh recovery codes.
 * @returns the session's new token and the recovery codes, which are shown this once
 * @throws Problem wrong-code, or conflict when no secret is waiting
 */
export async function confirmFactor(
  services: Services,
  session: Session,
  factor: Factor,
  typed: string,
): Promise<{ token: string; codes: string[] }> {
  const { database, vault, clock } = services;
  if (factor.pending === null) throw nothingPending();
  const now = clock();
  const code = plainCode(typed);
  // The secret is a new one: no step of it was used.
  const step = code && matchingStep(vault.open(factor.pending), code, now, 0);
  if (!step) throw new Problem('wrong-code');
  const token = newToken();
  const fresh = freshCodes(services, session.account);
  const [row] = await database.gate<{ stage: Stage | null }>(
    sql<{
      stage: Stage | null;
    }>`select gate_factor_confirm(${session.tokenHash}, ${hashToken(token)}, ${step}, ${fresh.hashes}, ${now}, ${dayOf(now)}, ${sessionLasts}::interval) as stage`,
  );
  if (!row?.stage) throw nothingPending();
  return { token, codes: fresh.codes };
}

/** Replaces the recovery codes. @returns the new ones, shown this once @throws Problem forbidden without a second factor */
export async function renewCodes(services: Services, session: Session): Promise<string[]> {
  const { codes, hashes } = freshCodes(services, session.account);
  const [row] = await services.database.gate<{ renewed: boolean }>(
    sql<{
      renewed: boolean;
    }>`select gate_recovery_renew(${session.tokenHash}, ${hashes}, ${services.clock()}) as renewed`,
  );
  if (!row?.renewed) throw new Problem('forbidden');
  return codes;
}

/** Takes the second factor away. @throws Problem forbidden for administrators */
export async function removeFactor({ database, clock }: Services, session: Session): Promise<void> {
  const now = clock();
  const [row] = await database.gate<{ removed: boolean }>(
    sql<{
      removed: boolean;
    }>`select gate_factor_remove(${session.tokenHash}, ${now}, ${dayOf(now)}) as removed`,
  );
  if (!row?.removed)
    throw new Problem('forbidden', {
      detail: {
        zh: '管理员必须使用动态验证码，可以更换，不能停用',
        en: 'Administrators need a second factor: it can be replaced, not removed',
      },
    });
}

function freshCodes(services: Services, account: string): { codes: string[]; hashes: string[] } {
  const codes = newRecoveryCodes();
  const hashes = codes.map((code) => recoveryHash(services, account, code) ?? '');
  return { codes, hashes };
}

function nothingPending(): Problem {
  return new Problem('conflict', {
    detail: {
      zh: '没有待确认的绑定，请重新开始绑定',
      en: 'No new secret is waiting to be confirmed; begin again',
    },
  });
}

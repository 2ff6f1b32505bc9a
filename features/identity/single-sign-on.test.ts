import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SingleSignOnSettings } from '../../server/config.ts';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { startProvider, type TestProvider, walkThrough } from '../../tests/support/provider.ts';
import {
  callerOf,
  codeNow,
  makeAccount,
  makeAdministrator,
  nextCode,
} from '../../tests/support/steps.ts';
import { testNow } from '../../tests/support/template.ts';

const publicUrl = 'http://127.0.0.1:1';
const path = '/api/v1/session/oidc';
let provider: TestProvider;
let t: TestApp;

const settings = (more: Partial<SingleSignOnSettings> = {}): SingleSignOnSettings => ({
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret: provider.clientSecret,
  label: '浙政钉登录',
  claim: 'preferred_username',
  mfa: [],
  publicUrl,
  ...more,
});

beforeAll(async () => {
  provider = await startProvider(publicUrl);
  t = await startApp({ singleSignOn: settings() });
});
afterAll(async () => {
  await t.close();
  await provider.stop();
});
beforeEach(() => {
  t.clock.now = testNow;
  provider.person = { name: 'village' };
});

const cookiesOf = (answer: LightMyRequestResponse): string =>
  answer.cookies
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)
    .join('; ');

/** Off to the provider. @returns where it sends back to, and the cookie kept meanwhile */
async function ask(app = t, next = ''): Promise<{ url: string; cookie: string }> {
  const begun = await app.app.inject(`${path}${next}`);
  expect(begun.statusCode).toBe(303);
  const url = await walkThrough(String(begun.headers.location), publicUrl);
  return { url: url.slice(publicUrl.length), cookie: cookiesOf(begun) };
}

const callback = (url: string, cookie: string, app = t) =>
  app.app.inject({ url, headers: { cookie } });

async function signIn(app = t): Promise<{ answer: LightMyRequestResponse; caller: Caller }> {
  const { url, cookie } = await ask(app);
  const answer = await callback(url, cookie, app);
  return { answer, caller: callerOf(app, sessionCookie(answer)) };
}

/** The answer as if it set nothing but the session's cookie. */
function sessionCookie(answer: LightMyRequestResponse): LightMyRequestResponse {
  const set = [answer.headers['set-cookie']].flat().map(String);
  const own = set.find((one) => one.startsWith('minqing_session='));
  return { headers: { 'set-cookie': own } } as unknown as LightMyRequestResponse;
}

async function refused(answer: LightMyRequestResponse, key: string): Promise<void> {
  expect(answer.statusCode).toBe(303);
  expect(answer.headers.location).toBe(`/sign-in?refused=${key}`);
  expect(answer.cookies.filter(({ name, value }) => name === 'minqing_session' && value)).toEqual(
    [],
  );
}

describe('single sign-on', () => {
  it('stands on the sign-in page where it is set', async () => {
    expect((await t.app.inject('/api/v1/about')).json()).toMatchObject({
      singleSignOn: { label: '浙政钉登录' },
    });
  });

  it('asks with a code, PKCE, state and nonce, and keeps them from scripts', async () => {
    const begun = await t.app.inject(`${path}?next=/households`);
    const address = new URL(String(begun.headers.location));
    expect(address.origin).toBe(provider.issuer);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'minqing',
      code_challenge_method: 'S256',
      redirect_uri: `${publicUrl}${path}/callback`,
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    const [cookie] = begun.cookies;
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path, maxAge: 600 });
    expect(cookie?.value).not.toContain(address.searchParams.get('state'));
  });

  it('opens the account of that user name, and goes on to where one was going', async () => {
    const { url, cookie } = await ask(t, '?next=/households%3Ftag=lives_alone');
    const answer = await callback(url, cookie);
    expect(answer.headers.location).toBe('/households?tag=lives_alone');
    const caller = callerOf(t, sessionCookie(answer));
    expect((await caller.get('/session')).json()).toMatchObject({
      account: { username: 'village' },
      method: 'oidc',
      stage: 'open',
      abilities: { readArchive: true },
    });
    expect((await caller.get('/households?limit=1')).statusCode).toBe(200);
    const [entry] = await t.sql<{ action: string }>(
      `select e.action from audit_entry e join account a on a.id = e.account where a.username = 'village' order by xid desc limit 1`,
    );
    expect(entry?.action).toBe('sign_in');
  });

  it('takes capitals for small letters, as at the door', async () => {
    provider.person = { name: 'VILLAGE', sub: 'village' };
    const { caller } = await signIn();
    expect((await caller.get('/session')).json().account.username).toBe('village');
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', ''])(
    'goes on to no address elsewhere: %j',
    async (next) => {
      const { url, cookie } = await ask(t, `?next=${encodeURIComponent(next)}`);
      expect((await callback(url, cookie)).headers.location).toBe('/');
    },
  );

  it('takes the name from another claim, in the ID token too', async () => {
    const other = await startProvider(publicUrl, true);
    const app = await startApp({
      singleSignOn: { ...settings(), issuer: other.issuer, claim: 'employee' },
    });
    try {
      await app.sql(`update account set username = 'e-0042' where username = 'grid'`);
      other.person = { name: '0042' };
      const { caller } = await signIn(app);
      expect((await caller.get('/session')).json().account.username).toBe('e-0042');
    } finally {
      await app.close();
      await other.stop();
    }
  });

  it('ends here, and then at the provider', async () => {
    const { caller } = await signIn();
    expect((await caller.send('DELETE', '/session')).statusCode).toBe(204);
    expect((await caller.get('/session')).statusCode).toBe(401);
    const on = await t.app.inject(`${path}/sign-out`);
    const address = new URL(String(on.headers.location));
    expect(address.origin).toBe(provider.issuer);
    expect(Object.fromEntries(address.searchParams)).toEqual({
      client_id: 'minqing',
      post_logout_redirect_uri: `${publicUrl}/sign-in`,
    });
    expect((await fetch(address)).status).toBe(200);
  });
});

describe('the provider’s answer is refused', () => {
  it('for somebody without an account; none is made', async () => {
    await makeAccount(t, 'kim');
    const before = await t.sql('select id from account');
    // \u212A is the Kelvin sign, which small letters make a k.
    const names = ['nobody', 'village ', ' village', 'vil\u200blage', 'Robert"); drop table'];
    for (const name of [...names, '\u212Aim', '村干部', 'v']) {
      provider.person = { name };
      const { url, cookie } = await ask();
      await refused(await callback(url, cookie), 'sso-unknown');
    }
    expect(await t.sql('select id from account')).toEqual(before);
    const [entry] = await t.sql<{ detail: string }>(
      `select detail from audit_entry where action = 'sign_in_refused' and operation = 'finishSingleSignOn' order by xid limit 1`,
    );
    expect(entry?.detail).toBe('sso-unknown');
  });

  it('for a withdrawn account, and for a locked one', async () => {
    await t.sql(`update account set active = false where username = 'village2'`);
    provider.person = { name: 'village2' };
    const one = await ask();
    await refused(await callback(one.url, one.cookie), 'sso-unknown');
    for (let i = 0; i < 5; i++) await t.signIn('county', 'wrong').catch(() => {});
    provider.person = { name: 'county' };
    const two = await ask();
    await refused(await callback(two.url, two.cookie), 'locked-out');
  });

  it('with another state, without the cookie, or with another browser’s', async () => {
    const mine = await ask();
    const other = await ask();
    const forged = mine.url.replace(/state=[^&]+/, 'state=forged');
    await refused(await callback(forged, mine.cookie), 'sso-refused');
    await refused(await callback(mine.url, ''), 'sso-refused');
    await refused(await callback(mine.url, other.cookie), 'sso-refused');
    await refused(await callback(mine.url, `${mine.cookie.slice(0, -4)}AAAA`), 'sso-refused');
    // The one it belongs to is still good.
    expect((await callback(mine.url, mine.cookie)).headers.location).toBe('/');
  });

  it('the second time, at once or later', async () => {
    const { url, cookie } = await ask();
    const answers = await Promise.all([1, 2, 3].map(() => callback(url, cookie)));
    expect(answers.map(({ headers }) => headers.location).sort()).toEqual([
      '/',
      '/sign-in?refused=sso-refused',
      '/sign-in?refused=sso-refused',
    ]);
    await refused(await callback(url, cookie), 'sso-refused');
  });

  it('with a code the provider never gave, or one of somebody else', async () => {
    const mine = await ask();
    const made = mine.url.replace(/code=[^&]+/, 'code=made-up');
    await refused(await callback(made, mine.cookie), 'sso-refused');
    const attacker = await ask();
    const victim = await ask();
    const code = /code=([^&]+)/.exec(attacker.url)?.[1] ?? '';
    const injected = victim.url.replace(/code=[^&]+/, `code=${code}`);
    await refused(await callback(injected, victim.cookie), 'sso-refused');
  });

  it('from another issuer', async () => {
    const { url, cookie } = await ask();
    expect(url).toContain(`iss=${encodeURIComponent(provider.issuer)}`);
    const elsewhere = url.replace(/iss=[^&]+/, `iss=${encodeURIComponent('https://evil.example')}`);
    await refused(await callback(elsewhere, cookie), 'sso-refused');
    const nameless = await ask();
    const without = nameless.url.replace(/&iss=[^&]+/, '');
    await refused(await callback(without, nameless.cookie), 'sso-refused');
  });

  it('when the person turned back, or took too long', async () => {
    provider.person = null;
    const turned = await ask();
    expect(turned.url).toContain('error=access_denied');
    await refused(await callback(turned.url, turned.cookie), 'sso-refused');
    provider.person = { name: 'village' };
    const slow = await ask();
    t.clock.now = new Date(testNow.getTime() + 10 * 60_000);
    await refused(await callback(slow.url, slow.cookie), 'sso-refused');
  });
});

describe('the account is bound', () => {
  const boundOf = (username: string) =>
    t.sql<{ issuer: string; subject: string }>(
      `select b.issuer, b.subject from account_subject b join account a on a.id = b.account where a.username = $1`,
      [username],
    );
  const refusalsOf = (username: string) =>
    t.sql<{ detail: string }>(
      `select e.detail from audit_entry e join account a on a.id = e.account
        where a.username = $1 and e.action = 'sign_in_refused' order by e.xid`,
      [username],
    );
  const opens = async (app = t): Promise<string> => {
    const { caller } = await signIn(app);
    return (await caller.get('/session')).json().account?.username;
  };
  const refusal = async (key: string): Promise<void> => {
    const { url, cookie } = await ask();
    await refused(await callback(url, cookie), key);
  };

  it('at the first sign-in, to issuer and subject, on record; from then on it is that subject’s under any user name', async () => {
    await makeAccount(t, 'bound.one', { role: 'village_cadre', area: '330881002205' });
    await makeAccount(t, 'bound.other');
    expect(await boundOf('bound.one')).toEqual([]);
    provider.person = { name: 'bound.one', sub: 'S-1' };
    expect(await opens()).toBe('bound.one');
    expect(await boundOf('bound.one')).toEqual([{ issuer: provider.issuer, subject: 'S-1' }]);
    // The provider gives the person another user name, of nobody here, of another account, or none at all.
    for (const name of ['married.name', 'bound.other', '无名']) {
      provider.person = { name, sub: 'S-1' };
      expect(await opens()).toBe('bound.one');
    }
    expect(await boundOf('bound.other')).toEqual([]);
    const entries = await t.sql(
      `select e.kind from audit_entry e join account a on a.id = e.account where a.username = 'bound.one' and e.action = 'bind_subject'`,
    );
    expect(entries).toEqual([{ kind: 'session' }]);
  });

  it('and another subject of the same user name is refused, on record, and binds nothing', async () => {
    provider.person = { name: 'bound.one', sub: 'S-2' };
    await refusal('sso-bound');
    provider.person = { name: 'BOUND.ONE', sub: 'S-3' };
    await refusal('sso-bound');
    expect((await refusalsOf('bound.one')).map(({ detail }) => detail)).toContain('sso-bound');
    expect(await boundOf('bound.one')).toEqual([{ issuer: provider.issuer, subject: 'S-1' }]);
    expect(await t.sql(`select 1 from account_subject where subject in ('S-2', 'S-3')`)).toEqual(
      [],
    );
  });

  it('nor does the same subject of another issuer open it', async () => {
    const other = await startProvider(publicUrl);
    await t.sql(`update account_subject set issuer = $1 where subject = 'S-1'`, [other.issuer]);
    provider.person = { name: 'bound.one', sub: 'S-1' };
    await refusal('sso-bound');
    await t.sql(`update account_subject set issuer = $1 where subject = 'S-1'`, [provider.issuer]);
    expect(await opens()).toBe('bound.one');
    await other.stop();
  });

  it('to one of two who come at once', async () => {
    await makeAccount(t, 'bound.race');
    provider.person = { name: 'bound.race', sub: 'R-1' };
    const one = await ask();
    provider.person = { name: 'bound.race', sub: 'R-2' };
    const two = await ask();
    const answers = await Promise.all([one, two].map(({ url, cookie }) => callback(url, cookie)));
    expect(answers.map(({ headers }) => headers.location).sort()).toEqual([
      '/',
      '/sign-in?refused=sso-bound',
    ]);
    expect(await boundOf('bound.race')).toHaveLength(1);
    const sessions = await t.sql(
      `select s.subject from session s join account a on a.id = s.account where a.username = 'bound.race'`,
    );
    expect(sessions).toEqual((await boundOf('bound.race')).map(({ subject }) => ({ subject })));
  });

  it('only when every step is done: half a sign-in binds nobody, and the one who finishes is bound', async () => {
    const { secret } = await makeAdministrator(t, 'bound.strong', 'audit_admin');
    provider.person = { name: 'bound.strong', sub: 'thief' };
    const { caller: thief } = await signIn();
    expect((await thief.get('/session')).json().stage).toBe('second_factor');
    expect(await boundOf('bound.strong')).toEqual([]);
    provider.person = { name: 'bound.strong', sub: 'owner' };
    const { caller: owner } = await signIn();
    const pass = async (by: Caller) => {
      nextCode(t);
      return by.send('POST', '/session/second-factor/pass', { code: codeNow(t, secret) });
    };
    expect((await pass(owner)).json()).toMatchObject({ stage: 'open' });
    expect(await boundOf('bound.strong')).toMatchObject([{ subject: 'owner' }]);
    // Even with a right code the other one, who came in before, gets no further.
    expect((await pass(thief)).statusCode).toBe(401);
    expect((await thief.get('/session')).statusCode).toBe(401);
    expect(await boundOf('bound.strong')).toMatchObject([{ subject: 'owner' }]);
  });

  it('until the security administrator releases it, who sees to whom, with a reason on record', async () => {
    const admin = await t.signIn('secadmin');
    const [{ id }] = (await admin.get('/accounts?q=bound.one')).json().items;
    expect((await admin.get(`/accounts/${id}`)).json().singleSignOn).toEqual({
      issuer: provider.issuer,
      subject: 'S-1',
      since: expect.any(String),
    });
    provider.person = { name: 'bound.one', sub: 'S-1' };
    const { caller: before } = await signIn();
    const path = `/accounts/${id}/single-sign-on/release`;
    for (const reason of ['', '  ', undefined])
      expect((await admin.send('POST', path, { reason })).statusCode).toBe(400);
    expect((await admin.send('POST', path, { reason: '换了工作证' })).statusCode).toBe(204);
    expect((await before.get('/session')).statusCode).toBe(401);
    expect((await admin.get(`/accounts/${id}`)).json().singleSignOn).toBeNull();
    const again = await admin.send('POST', path, { reason: '换了工作证' });
    expect(again.statusCode).toBe(409);
    expect(again.json().detail).toContain('没有绑定');
    const entries = await t.sql(
      `select detail from audit_entry where action = 'release_subject' and subject = $1`,
      [id],
    );
    expect(entries).toEqual([{ detail: '换了工作证' }]);
    provider.person = { name: 'bound.one', sub: 'S-9' };
    expect(await opens()).toBe('bound.one');
    expect(await boundOf('bound.one')).toMatchObject([{ subject: 'S-9' }]);
    provider.person = { name: 'bound.one', sub: 'S-1' };
    await refusal('sso-bound');
  });

  it('and nobody else releases it: no other role, not for oneself, not beyond one’s area', async () => {
    const admin = await t.signIn('secadmin');
    const [{ id }] = (await admin.get('/accounts?q=bound.one')).json().items;
    const body = { reason: '试一试' };
    for (const username of ['village', 'auditor', 'sysadmin', 'county']) {
      const caller = await t.signIn(username).catch(() => null);
      const answer = await caller?.send('POST', `/accounts/${id}/single-sign-on/release`, body);
      expect(answer?.statusCode ?? 403).toBe(403);
    }
    const { caller: small, id: own } = await makeAdministrator(
      t,
      'sec.bound',
      'security_admin',
      '330802',
    );
    for (const target of [id, own])
      expect(
        (await small.send('POST', `/accounts/${target}/single-sign-on/release`, body)).statusCode,
      ).toBe(403);
    expect(await boundOf('bound.one')).toHaveLength(1);
  });

  it('to nobody for a withdrawn account', async () => {
    const { id } = await makeAccount(t, 'bound.gone');
    const admin = await t.signIn('secadmin');
    await admin.send('PATCH', `/accounts/${id}`, { active: false });
    provider.person = { name: 'bound.gone', sub: 'G-1' };
    await refusal('sso-unknown');
    expect(await boundOf('bound.gone')).toEqual([]);
  });
});

describe('a provider that is not there', () => {
  it.each([
    ['is told as such', () => 'http://127.0.0.1:9'],
    ['or is another than the settings say', () => `${provider.issuer}/elsewhere`],
  ])('%s, and asked again the next time', async (_what, issuer) => {
    const app = await startApp({ singleSignOn: { ...settings(), issuer: issuer() } });
    try {
      await refused(await app.app.inject(path), 'sso-unavailable');
      expect((await app.app.inject(`${path}/sign-out`)).headers.location).toBe('/sign-in');
      await app.signIn('village');
    } finally {
      await app.close();
    }
  });

  it('is no provider at all where none is set', async () => {
    const app = await startApp();
    try {
      await refused(await app.app.inject(path), 'sso-unavailable');
      await refused(await app.app.inject(`${path}/callback?code=x&state=y`), 'sso-unavailable');
      expect((await app.app.inject('/api/v1/about')).json().singleSignOn).toBeNull();
    } finally {
      await app.close();
    }
  });
});

describe('the second factor after single sign-on', () => {
  const audit = { role: 'audit_admin', area: '3308' };

  it('is asked for as after a password, whatever the provider says, unless the settings trust it', async () => {
    await makeAccount(t, 'sso.audit', audit);
    provider.person = { name: 'sso.audit', amr: ['pwd', 'mfa'] };
    const { caller } = await signIn();
    // Nor must a first password be changed that nobody used.
    expect((await caller.get('/session')).json()).toMatchObject({ stage: 'enrol', posts: [] });
    expect((await caller.get('/audit')).statusCode).toBe(403);
  });

  it('is passed here by who set it up', async () => {
    const { secret } = await makeAdministrator(t, 'sso.strong', 'audit_admin');
    nextCode(t);
    provider.person = { name: 'sso.strong' };
    const { caller } = await signIn();
    expect((await caller.get('/session')).json().stage).toBe('second_factor');
    const passed = await caller.send('POST', '/session/second-factor/pass', {
      code: codeNow(t, secret),
    });
    expect(passed.json()).toMatchObject({ stage: 'open', method: 'oidc' });
  });

  it('is the provider’s where the settings trust its word', async () => {
    const app = await startApp({ singleSignOn: settings({ mfa: ['mfa', 'gold'] }) });
    try {
      await makeAccount(app, 'sso.trusted', audit);
      const stageWith = async (person: { amr?: string[]; acr?: string }): Promise<string> => {
        provider.person = { name: 'sso.trusted', ...person };
        const { caller } = await signIn(app);
        return (await caller.get('/session')).json().stage;
      };
      expect(await stageWith({ amr: ['pwd', 'mfa'] })).toBe('open');
      expect(await stageWith({ acr: 'gold' })).toBe('open');
      expect(await stageWith({ amr: ['pwd'] })).toBe('enrol');
      expect(await stageWith({ acr: 'silver' })).toBe('enrol');
      expect(await stageWith({})).toBe('enrol');
    } finally {
      await app.close();
    }
  });
});

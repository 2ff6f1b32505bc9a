import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const whole = {
  MINQING_OIDC_ISSUER: 'https://sso.example.gov.cn/realms/county',
  MINQING_OIDC_CLIENT_ID: 'minqing',
  MINQING_OIDC_CLIENT_SECRET: 'secret',
  MINQING_URL: 'https://minqing.example.gov.cn/',
};

describe('settings of single sign-on', () => {
  it('are read together, the rest as usual', () => {
    expect(readConfig(whole).singleSignOn).toEqual({
      issuer: 'https://sso.example.gov.cn/realms/county',
      clientId: 'minqing',
      clientSecret: 'secret',
      label: '',
      claim: 'preferred_username',
      mfa: [],
      publicUrl: 'https://minqing.example.gov.cn',
    });
    const more = { ...whole, MINQING_OIDC_MFA: 'mfa, hwk', MINQING_OIDC_CLAIM: 'employee' };
    expect(readConfig(more).singleSignOn).toMatchObject({ mfa: ['mfa', 'hwk'], claim: 'employee' });
    expect(readConfig({}).singleSignOn).toBeUndefined();
  });

  it.each(['MINQING_OIDC_CLIENT_ID', 'MINQING_OIDC_CLIENT_SECRET', 'MINQING_URL'])(
    'name %s when it is missing',
    (name) => {
      expect(() => readConfig({ ...whole, [name]: '' })).toThrow(name);
    },
  );

  it.each(['MINQING_OIDC_ISSUER', 'MINQING_URL'])(
    'refuse a %s without TLS, but on this machine',
    (name) => {
      for (const url of ['http://sso.example', 'sso.example', 'ftp://sso.example'])
        expect(() => readConfig({ ...whole, [name]: url })).toThrow(/https/);
      expect(readConfig({ ...whole, [name]: 'http://127.0.0.1:9000' }).singleSignOn).toBeDefined();
    },
  );
});

describe('settings of proxies', () => {
  it('name addresses; nobody is trusted unless named', () => {
    expect(readConfig({}).trustProxy).toBe(false);
    expect(readConfig({ MINQING_TRUST_PROXY: '10.0.0.0/8, loopback' }).trustProxy).toEqual([
      '10.0.0.0/8',
      'loopback',
    ]);
    expect(() => readConfig({ MINQING_SIGN_IN_LIMIT: '0' })).toThrow(/MINQING_SIGN_IN_LIMIT/);
  });
});

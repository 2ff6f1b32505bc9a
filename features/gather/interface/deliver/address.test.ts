import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressFault, networksOf } from './address.ts';
import { waitAfter } from './job.ts';
import { send } from './send.ts';

const none = networksOf([]);

describe('addresses that lie within a house', () => {
  it.each([
    '10.0.0.1',
    '127.0.0.1',
    '172.16.5.4',
    '192.168.0.10',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    '2002:a00:1::',
    '2001:db8::1',
    'not an address',
  ])('%s is none to send to', (ip) => {
    expect(none.allows(ip)).toBe(false);
  });

  it.each(['1.2.4.8', '223.5.5.5', '2400:3200::1', '172.32.0.1'])('%s is one', (ip) => {
    expect(none.allows(ip)).toBe(true);
  });

  it('are those that a house allows, and no other form of them', () => {
    const some = networksOf(['10.20.0.0/16', '127.0.0.0/8', 'fd00::/8']);
    expect(['10.20.3.4', '127.0.0.1', 'fd00::5'].map(some.allows)).toEqual([true, true, true]);
    expect(['10.21.0.1', '::ffff:10.20.3.4', '192.168.0.1'].map(some.allows)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('of IPv4 are never reached in a form of IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        expect(none.allows(`::ffff:${ip}`)).toBe(false);
        expect(none.allows(`::${ip}`)).toBe(false);
      }),
    );
  });

  it('that cannot be read are told', () => {
    expect(() => networksOf(['10.20.0.0'])).toThrow('10.20.0.0/16');
    expect(() => networksOf(['10.20.0.0/33'])).toThrow('10.20.0.0/33');
  });
});

describe('an address as it is written', () => {
  it.each([
    ['https://ehr.example.gov.cn/minqing', true],
    ['https://223.5.5.5:8443/a?b=c', true],
    ['http://ehr.example.gov.cn/', false],
    ['http://127.0.0.1/', false],
    ['https://127.1/', false],
    ['https://0x7f.0.0.1/', false],
    ['https://2130706433/', false],
    ['https://[::ffff:10.0.0.1]/', false],
    ['https://localhost./', false],
    ['https://a.localhost/', false],
    ['https://user@example.org/', false],
    ['https://example.org/#part', false],
    ['file:///etc/passwd', false],
    ['nothing', false],
  ])('%s: %s', (text, isRight) => {
    expect(addressFault(text, none) === undefined).toBe(isRight);
  });
});

describe('a name', () => {
  it('that leads into the house is found out in the look-up of the connection', async () => {
    const sent = { address: 'https://localhost:9/', headers: {}, body: '{}' };
    expect(await send(sent, none)).toEqual({ fault: 'private' });
    // Allowed, it is tried: nobody answers at that port.
    expect(await send(sent, networksOf(['127.0.0.0/8', '::1/128']))).toEqual({
      fault: 'unreachable',
    });
  });
});

describe('waits between tries', () => {
  it('double from a minute up to an hour', () => {
    expect([1, 2, 3, 6, 7, 8, 500].map((tries) => waitAfter(tries) / 60_000)).toEqual([
      1, 2, 4, 32, 60, 60, 60,
    ]);
  });
});

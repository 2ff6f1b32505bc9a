import { BlockList, isIP } from 'node:net';
import type { Text } from '../../../../server/errors.ts';

/** Ranges that lie within a house or mean none at all: a webhook there could make this server knock at its neighbours. */
const within: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 3, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
];

// A list for each family: one for both would find every IPv4 address in ::/3, where it can be written too.
const privateRanges = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [address, bits, family] of within)
  privateRanges[family].addSubnet(address, bits, family);

/** Which addresses webhooks may go to, beside those that anybody on the internet reaches. */
export interface Networks {
  allows(ip: string): boolean;
}

/**
 * Reads the ranges that a house allows, such as `10.20.0.0/16`.
 * @throws Error naming the one that cannot be read
 */
export function networksOf(ranges: readonly string[]): Networks {
  const allowed = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most)
      throw new Error(`not a range of addresses such as 10.20.0.0/16: "${range}"`);
    allowed.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return {
    allows(ip) {
      const version = isIP(ip);
      if (version === 0) return false;
      const family = version === 4 ? 'ipv4' : 'ipv6';
      // All of ::/3 is refused, and with it every form of an IPv4 address written as one of IPv6.
      return (
        !privateRanges[family].check(ip, family) || (allowed.check(ip, family) && !isMapped(ip))
      );
    },
  };
}

const isMapped = (ip: string): boolean => /^::(ffff:)?[^:]*\./i.test(ip) || /^::ffff:/i.test(ip);

const faults = {
  url: {
    zh: '地址：应为完整的网址，如 https://ehr.example.gov.cn/minqing',
    en: 'address: a whole URL such as https://ehr.example.gov.cn/minqing',
  },
  https: {
    zh: '地址：须以 https:// 开头',
    en: 'address: must begin with https://',
  },
  credentials: {
    zh: '地址：不能带用户名、密码或 # 之后的部分',
    en: 'address: without user name, password or fragment',
  },
  inside: {
    zh: '地址：指向内部网段。确有需要，请系统管理员在 MINQING_WEBHOOK_NETWORKS 中允许该网段',
    en: 'address: lies in a private range. Where that is meant, the system administrator allows it in MINQING_WEBHOOK_NETWORKS',
  },
} as const satisfies Record<string, Text>;

/** The host of an address without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/**
 * What is wrong with an address as it is written. To what its name leads is looked at when it is sent to, each time: a
 * name may lead elsewhere tomorrow.
 */
export function addressFault(text: string, networks: Networks): Text | undefined {
  if (!URL.canParse(text)) return faults.url;
  const url = new URL(text);
  if (url.protocol !== 'https:' && !isLoopback(url)) return faults.https;
  if (url.username !== '' || url.password !== '' || url.hash !== '') return faults.credentials;
  const host = hostOf(url);
  if (/(^|\.)localhost\.?$/i.test(host)) return faults.inside;
  if (isIP(host) !== 0 && !networks.allows(host)) return faults.inside;
  return undefined;
}

/** Plain http goes to this very machine only: what is signed there is not encrypted. */
const isLoopback = (url: URL): boolean =>
  url.protocol === 'http:' && /^(127\.|::1$)/.test(hostOf(url));

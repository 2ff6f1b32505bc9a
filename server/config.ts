import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Bucket } from './files/bucket.ts';

/** Settings of one server process, all from the environment. */
export interface Config {
  host: string;
  port: number;
  /** Folder of the embedded database, keys and files. */
  dataFolder: string;
  /** Connection of the owning role; unset: the embedded database. */
  databaseUrl: string | undefined;
  /** Bucket of an S3-compatible store for files; unset: the data folder. */
  bucket: Bucket | undefined;
  /** Whether a first start loads the demo district and its accounts. */
  demo: boolean;
  poolSize: number;
  /** What this process does: answer requests, run jobs, or both. */
  role: ProcessRole;
  /** How many jobs run at once. */
  jobPlaces: number;
  /** Cookies only over HTTPS; for a server behind a TLS proxy. */
  secureCookies: boolean;
  /**
   * Proxies in front whose X-Forwarded-For is believed: addresses, ranges, or `loopback`. False for none: then every
   * caller behind a proxy has the proxy's address, and shares its limit of sign-ins.
   */
  trustProxy: false | string[];
  /** Refused sign-ins a source address may have in a minute. */
  signInLimit: number;
  /** The provider of single sign-on; unset: none. */
  singleSignOn: SingleSignOnSettings | undefined;
  /** Address of the county’s own map tiles with {z}, {x} and {y}; unset: a plain ground. */
  tiles: string | undefined;
  /** Private ranges of addresses that webhooks may go to; none: only what is reached from everywhere. */
  webhookNetworks: string[];
  logLevel: string;
  /** File on another machine's mount to which new seals of the audit are appended; unset: none. */
  witness: string | undefined;
  /** Folder, best on another disk, that takes the embedded database's log continuously; unset: none. */
  archive: string | undefined;
}

/** A provider of OpenID Connect, as the settings name it. */
export interface SingleSignOnSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Words on the button. */
  label: string;
  /** The claim that holds the user name of the account. */
  claim: string;
  /** Values of `amr` or `acr` that stand for two factors; none: the provider's word on it does not count. */
  mfa: readonly string[];
  /** Where this server is reached, such as https://minqing.example.gov.cn. */
  publicUrl: string;
}

const processRoles = ['all', 'web', 'worker'] as const;
export type ProcessRole = (typeof processRoles)[number];

/**
 * Reads the settings.
 * @throws Error naming the variable when one cannot be read
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    host: env.HOST ?? '127.0.0.1',
    port: wholeNumber(env, 'PORT', 8080, 0, 65_535),
    dataFolder: resolve(env.MINQING_DATA ?? 'data'),
    databaseUrl: env.DATABASE_URL || undefined,
    bucket: bucketOf(env),
    demo: env.MINQING_DEMO !== '0',
    poolSize: wholeNumber(env, 'MINQING_CONNECTIONS', 10, 1, 200),
    role: oneOf(env, 'MINQING_ROLE', processRoles),
    jobPlaces: wholeNumber(env, 'MINQING_JOBS', 3, 1, 50),
    secureCookies: env.MINQING_SECURE_COOKIES === '1',
    trustProxy: env.MINQING_TRUST_PROXY ? env.MINQING_TRUST_PROXY.split(/\s*,\s*/) : false,
    signInLimit: wholeNumber(env, 'MINQING_SIGN_IN_LIMIT', 30, 1, 100_000),
    singleSignOn: singleSignOnOf(env),
    tiles: tilesOf(env),
    webhookNetworks: networksIn(env),
    logLevel: env.MINQING_LOG ?? 'warn',
    witness: env.MINQING_WITNESS ? resolve(env.MINQING_WITNESS) : undefined,
    archive: env.MINQING_ARCHIVE ? resolve(env.MINQING_ARCHIVE) : undefined,
  };
}

/** Ranges of addresses with commas between. */
function networksIn({ MINQING_WEBHOOK_NETWORKS: text = '' }: NodeJS.ProcessEnv): string[] {
  const ranges = text.split(/[\s,]+/).filter(Boolean);
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits))
      throw new Error(
        `MINQING_WEBHOOK_NETWORKS must be ranges such as 10.20.0.0/16, with commas between, not "${range}"`,
      );
  }
  return ranges;
}

/** The address of map tiles. */
function tilesOf({ MINQING_TILES: address }: NodeJS.ProcessEnv): string | undefined {
  if (!address) return undefined;
  if (
    ['{z}', '{x}', '{y}'].every((part) => address.includes(part)) &&
    /^https?:/.test(address) &&
    URL.canParse(address)
  )
    return address;
  throw new Error(
    `MINQING_TILES must be a URL with {z}, {x} and {y}, such as https://map.example.gov.cn/{z}/{x}/{y}.png, not "${address}"`,
  );
}

/** The provider of single sign-on with all that it needs, or none. */
function singleSignOnOf(env: NodeJS.ProcessEnv): SingleSignOnSettings | undefined {
  if (!env.MINQING_OIDC_ISSUER) return undefined;
  const needed = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} must be set, since MINQING_OIDC_ISSUER is`);
    return value;
  };
  return {
    issuer: secureUrl('MINQING_OIDC_ISSUER', env.MINQING_OIDC_ISSUER),
    clientId: needed('MINQING_OIDC_CLIENT_ID'),
    clientSecret: needed('MINQING_OIDC_CLIENT_SECRET'),
    label: env.MINQING_OIDC_LABEL ?? '',
    claim: env.MINQING_OIDC_CLAIM || 'preferred_username',
    mfa: (env.MINQING_OIDC_MFA ?? '').split(/[\s,]+/).filter(Boolean),
    publicUrl: secureUrl('MINQING_URL', needed('MINQING_URL')).replace(/\/+$/, ''),
  };
}

/** A URL with TLS, or one of this very machine. */
function secureUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && here)) return text;
  throw new Error(`${name} must be an https URL (http only on this machine), not "${text}"`);
}

/** All of the bucket's settings, or none of them. */
function bucketOf(env: NodeJS.ProcessEnv): Bucket | undefined {
  const endpoint = env.MINQING_S3_ENDPOINT;
  if (!endpoint) return undefined;
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint))
    throw new Error(`MINQING_S3_ENDPOINT must be a URL, not "${endpoint}"`);
  const needed = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} must be set, since MINQING_S3_ENDPOINT is`);
    return value;
  };
  return {
    endpoint,
    name: needed('MINQING_S3_BUCKET'),
    region: env.MINQING_S3_REGION || 'auto',
    accessKey: needed('MINQING_S3_KEY'),
    secretKey: needed('MINQING_S3_SECRET'),
  };
}

function wholeNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
}

/** One of a few words; the first when nothing is said. */
function oneOf<T extends string>(
  env: NodeJS.ProcessEnv,
  name: string,
  words: readonly [T, ...T[]],
): T {
  const text = env[name] || words[0];
  const found = words.find((word) => word === text);
  if (found) return found;
  throw new Error(`${name} must be one of ${words.join(', ')}, not "${text}"`);
}

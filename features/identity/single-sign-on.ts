import * as oidc from 'openid-client';
import type { Clock } from '../../server/clock.ts';
import type { SingleSignOnSettings } from '../../server/config.ts';
import type { Vault } from '../../server/crypto.ts';
import { Problem } from '../../server/errors.ts';

/** Path of the routes, and of the cookie that ties an answer to the browser that asked. */
export const singleSignOnPath = '/api/v1/session/oidc';

/** For how long the provider may take to answer. */
const patience = 10 * 60_000;

/** What the browser keeps, sealed, until the provider answers. */
interface Asked {
  state: string;
  nonce: string;
  verifier: string;
  next: string;
  at: number;
}

/** Whom the provider vouches for. */
export interface Vouched {
  /** Who that is at the provider, for good: what an account is bound to. */
  issuer: string;
  subject: string;
  /** Null when the claim holds nothing that could be a user name here. */
  username: string | null;
  /** Whether it says that two factors were used, in a way the settings trust. */
  proven: boolean;
  next: string;
}

/**
 * Single sign-on by OpenID Connect: authorisation code with PKCE, state and nonce (OpenID Connect Core 1.0; RFC 7636;
 * the issuer in the answer, RFC 9207). The ID token's signature is checked though it comes over TLS.
 */
export class SingleSignOn {
  readonly settings: SingleSignOnSettings;
  readonly #vault: Vault;
  readonly #clock: Clock;
  #provider: Promise<oidc.Configuration> | undefined;

  constructor(settings: SingleSignOnSettings, vault: Vault, clock: Clock) {
    this.settings = settings;
    this.#vault = vault;
    this.#clock = clock;
  }

  /**
   * Begins: where to send the browser, and the cookie it must bring back.
   * @param next path of this site to go on to
   * @throws Problem sso-unavailable when the provider is not reached, or is not who the settings say
   */
  async begin(next: string): Promise<{ address: string; cookie: string }> {
    const provider = await this.#reach();
    const verifier = oidc.randomPKCECodeVerifier();
    const asked: Asked = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier,
      next,
      at: this.#clock().getTime(),
    };
    const address = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: this.#callback,
      scope: 'openid profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: asked.state,
      nonce: asked.nonce,
    });
    return { address: address.href, cookie: this.#vault.seal(JSON.stringify(asked)) };
  }

  /**
   * The question that an answer belongs to, by the browser's cookie and the state.
   * @throws Problem sso-refused when there is none, or it waited too long
   */
  asked(query: string, cookie: string | undefined): Asked {
    const asked = this.#open(cookie);
    const waited = asked ? this.#clock().getTime() - asked.at : patience;
    const state = new URLSearchParams(query).get('state');
    if (asked && state === asked.state && waited >= 0 && waited < patience) return asked;
    throw new Problem('sso-refused');
  }

  /**
   * Takes the provider's answer and exchanges it.
   * @param query the callback's query, as it came
   * @throws Problem sso-refused when the provider refused, or its answer does not hold; sso-unavailable
   */
  async finish(query: string, { state, nonce, verifier, next }: Asked): Promise<Vouched> {
    const provider = await this.#reach();
    try {
      const tokens = await oidc.authorizationCodeGrant(
        provider,
        new URL(`${this.#callback}?${query}`),
        { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
      );
      const claims = tokens.claims();
      if (!claims) throw new Problem('sso-refused');
      const named =
        claims[this.settings.claim] ??
        (await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub))[this.settings.claim];
      return {
        issuer: claims.iss,
        subject: claims.sub,
        username: usernameIn(named),
        proven: this.#isProven(claims),
        next,
      };
    } catch (error) {
      throw problemOf(error);
    }
  }

  /** Where the provider ends its own session; null when it has no such place or is not reached. */
  async signOutAddress(): Promise<string | null> {
    try {
      const provider = await this.#reach();
      if (!provider.serverMetadata().end_session_endpoint) return null;
      return oidc.buildEndSessionUrl(provider, {
        post_logout_redirect_uri: `${this.settings.publicUrl}/sign-in`,
      }).href;
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  }

  get #callback(): string {
    return `${this.settings.publicUrl}${singleSignOnPath}/callback`;
  }

  #isProven({ amr, acr }: oidc.IDToken): boolean {
    const methods = [...(Array.isArray(amr) ? amr : []), acr];
    return methods.some((one) => typeof one === 'string' && this.settings.mfa.includes(one));
  }

  #open(cookie: string | undefined): Asked | undefined {
    if (cookie === undefined) return undefined;
    try {
      return JSON.parse(this.#vault.open(cookie)) as Asked;
    } catch {
      // Altered, or of another installation.
      return undefined;
    }
  }

  /** The provider's description, read once; a failure is forgotten, so that the next one asks again. */
  async #reach(): Promise<oidc.Configuration> {
    this.#provider ??= this.#discover();
    try {
      return await this.#provider;
    } catch {
      this.#provider = undefined;
      throw new Problem('sso-unavailable');
    }
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const execute = [oidc.enableNonRepudiationChecks];
    // Only a provider on this very machine, as in tests: the settings refuse any other without TLS.
    if (issuer.startsWith('http:')) execute.push(oidc.allowInsecureRequests);
    return oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      execute,
      timeout: 10,
    });
  }
}

/**
 * The user name in a claim. Nothing is mended but ASCII capitals: “village ” or “\u212Aim” may be another person's at the
 * provider, and small letters are told from capitals by hardly any.
 */
function usernameIn(claim: unknown): string | null {
  if (typeof claim !== 'string') return null;
  return usernamePattern.test(claim) ? claim.toLowerCase() : null;
}

const usernamePattern = /^[A-Za-z][A-Za-z0-9._-]{1,31}$/;

/** What is wrong with an answer is openid-client's to find; a connection that fails is no answer. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(isLost(error) ? 'sso-unavailable' : 'sso-refused');
}

function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (
    (typeof code === 'string' && /^(OAUTH_TIMEOUT|E[A-Z]+)$/.test(code)) || isLost(error.cause)
  );
}

import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A real provider of OpenID Connect on a free port, for single sign-on. */
export interface TestProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /**
   * Who signs in at the provider next, by which means; `null` for somebody who turns back. A person is known by `sub`
   * for good, and by `name` while they hold that user name.
   */
  person: { name: string; sub?: string; amr?: string[]; acr?: string } | null;
  stop(): Promise<void>;
}

/**
 * Starts the provider.
 * @param publicUrl where the client is reached
 * @param claimsInToken whether the user name stands in the ID token; otherwise it is asked for
 */
export async function startProvider(
  publicUrl: string,
  claimsInToken = false,
): Promise<TestProvider> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const test: TestProvider = {
    issuer,
    clientId: 'minqing',
    clientSecret: 'a secret of the test, long enough',
    person: null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const names = new Map<string, string>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: test.clientId,
        client_secret: test.clientSecret,
        redirect_uris: [`${publicUrl}/api/v1/session/oidc/callback`],
        post_logout_redirect_uris: [`${publicUrl}/sign-in`],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'acr', 'amr'], profile: ['preferred_username', 'employee'] },
    conformIdTokenClaims: !claimsInToken,
    acrValues: ['silver', 'gold'],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => {
        const name = names.get(sub) ?? sub;
        return { sub, preferred_username: name, employee: `E-${name}` };
      },
    }),
    // Consent was given when the county set the client up.
    async loadExistingGrant({ oidc }) {
      if (!oidc.session?.accountId || !oidc.client) return undefined;
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
    cookies: { keys: ['of the test'] },
    jwks: { keys: [signingKey()] },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });
  const serve = provider.callback();
  handle = (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void serve(request, response);
    const { person } = test;
    const sub = person?.sub ?? person?.name ?? '';
    if (person) names.set(sub, person.name);
    const answer = person
      ? { login: { accountId: sub, amr: person.amr, acr: person.acr } }
      : { error: 'access_denied', error_description: 'turned back' };
    void provider.interactionFinished(request, response, answer);
  };
  return test;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', kid: 'test' };
}

/**
 * Walks a browser of its own through the provider, from where the client sent it to where it is sent back.
 * @returns the address at the client
 */
export async function walkThrough(start: string, publicUrl: string): Promise<string> {
  const jar = new Map<string, string>();
  let address = start;
  for (let steps = 0; steps < 10; steps++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(address, { redirect: 'manual', headers: { cookie } });
    for (const one of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = one.split(';')[0]?.split(/=(.*)/s) ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get('location');
    if (!location) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
    address = new URL(location, address).href;
    if (address.startsWith(publicUrl)) return address;
  }
  throw new Error('the provider sends round in a circle');
}

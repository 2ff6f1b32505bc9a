import { randomUUID } from 'node:crypto';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { contentDigest, messageOf } from '../../features/gather/interface/signature/message.ts';
import { signatureFields } from '../../features/gather/interface/signature/sign.ts';

/** What a call of a test does otherwise than a right one. */
export interface Otherwise {
  key?: string;
  nonce?: string;
  /** Seconds since 1970. */
  created?: number;
  /** Another body than the one that was signed. */
  sent?: string;
  /** Another path than the one that was signed. */
  path?: string;
  language?: string;
}

/** A department's system as tests play it: it signs as docs/interface.md says. */
export interface Client {
  id: string;
  secret: string;
  get(path: string, otherwise?: Otherwise): Promise<LightMyRequestResponse>;
  post(path: string, body: unknown, otherwise?: Otherwise): Promise<LightMyRequestResponse>;
}

/** A client of an application, by the test's clock. */
export function clientOf(
  app: FastifyInstance,
  clock: { now: Date },
  { id, secret }: { id: string; secret: string },
): Client {
  const call = (
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    { key, nonce, created, sent, path: other, language }: Otherwise = {},
  ): Promise<LightMyRequestResponse> => {
    const url = `/api/v1${path}`;
    const fields: Record<string, string> = {
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-digest': contentDigest(body) }),
    };
    const covered = ['idempotency-key', 'content-digest'].filter((name) => name in fields);
    const signature = signatureFields(
      messageOf(method, url, 'localhost:80', (name) => fields[name]),
      covered,
      {
        keyid: id,
        secrets: [secret],
        created: created ?? Math.floor(clock.now.getTime() / 1000),
        nonce: nonce ?? randomUUID(),
      },
    );
    return app.inject({
      method,
      url: other === undefined ? url : `/api/v1${other}`,
      headers: {
        ...fields,
        ...signature,
        ...(language === undefined ? {} : { 'accept-language': language }),
      },
      ...(body === undefined ? {} : { payload: sent ?? body }),
    });
  };
  return {
    id,
    secret,
    get: (path, otherwise) => call('GET', path, undefined, otherwise),
    post: (path, body, otherwise) => call('POST', path, JSON.stringify(body), otherwise),
  };
}

import { type LookupAddress, lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { hostOf, type Networks } from './address.ts';

/** What came of sending: the status, or why there was no answer. */
export type Answer =
  | { status: number }
  | { fault: 'private' | 'timeout' | 'unreachable' | 'certificate' | 'answer' };

/** What is sent. */
export interface Sent {
  address: string;
  headers: Record<string, string>;
  body: string;
}

/** Limits of one sending. */
export interface SendLimits {
  /** For all of it, in milliseconds. */
  time: number;
  /** Of the answer's body, which nobody reads. */
  bytes: number;
}

export const sendLimits: SendLimits = { time: 10_000, bytes: 64 * 1024 };

/**
 * Sends a body by POST. The address that a name leads to is looked at in the very look-up that the connection uses; no
 * redirect is followed, since it could lead anywhere.
 */
export function send(
  { address, headers, body }: Sent,
  networks: Networks,
  limits: SendLimits = sendLimits,
): Promise<Answer> {
  const url = new URL(address);
  const host = hostOf(url);
  if (isIP(host) !== 0 && !networks.allows(host)) return Promise.resolve({ fault: 'private' });
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const sending = start(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      // A connection of its own: none is kept whose address was looked at long ago.
      agent: false,
      lookup: checked(networks),
      signal: AbortSignal.timeout(limits.time),
    });
    sending.on('error', (error) => resolve({ fault: faultOf(error) }));
    sending.on('response', (response) => {
      let read = 0;
      response.on('data', (piece: Buffer) => {
        read += piece.length;
        if (read <= limits.bytes) return;
        resolve({ fault: 'answer' });
        sending.destroy();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0 }));
      response.on('error', (error) => resolve({ fault: faultOf(error) }));
    });
    sending.end(body);
  });
}

const privateAddress = 'MQ_PRIVATE';

/** Looks a name up, and refuses it when any of its addresses may not be sent to. */
function checked(networks: Networks): LookupFunction {
  return (name, options, answer) => {
    lookup(name, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
      if (error) return answer(error, '', 0);
      const [first] = addresses;
      if (!first || addresses.some(({ address }) => !networks.allows(address)))
        return answer(Object.assign(new Error('private'), { code: privateAddress }), '', 0);
      if (options.all) return answer(null, addresses);
      return answer(null, first.address, first.family);
    });
  };
}

function faultOf(error: Error & { code?: string }): Extract<Answer, { fault: string }>['fault'] {
  if (error.code === privateAddress) return 'private';
  if (error.name === 'AbortError' || error.name === 'TimeoutError' || error.code === 'ABORT_ERR')
    return 'timeout';
  if (/CERT|SSL|TLS|SIGNATURE|ALTNAME/.test(error.code ?? '')) return 'certificate';
  return 'unreachable';
}

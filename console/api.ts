import { newKey } from './ids.ts';
import { currentLanguage } from './language.tsx';

/** A problem document, RFC 9457, as the server writes it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: { field: string; code: string; message: string }[];
}

/** What a call ended in when it did not succeed; status 0 means that the server was not reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.status = problem.status;
    this.problem = problem;
  }
  /** The last part of the problem's type, such as `purpose-required`. */
  get kind(): string {
    return this.problem.type.split('/').at(-1) ?? '';
  }
}

export type Query = Record<string, string | number | boolean | undefined | null>;

interface Options {
  query?: Query;
  body?: unknown;
  /** The version that was read, for If-Match. */
  version?: number;
  /** Given when a failed write is sent again, so that it counts once. */
  key?: string;
  signal?: AbortSignal;
  /** The answer is a picture or a file and not JSON. */
  blob?: boolean;
}

let whenSignedOut: () => void = () => {};

/** Says what happens when a call finds that the session has ended. */
export function onSignedOut(act: () => void): void {
  whenSignedOut = act;
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const url = new URL(`/api/v1${path}`, location.origin);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') {
      url.searchParams.set(name, String(value));
    }
  }
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    'accept-language': currentLanguage() === 'zh' ? 'zh-CN' : 'en',
  };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.version !== undefined) headers['if-match'] = `"${options.version}"`;
  if (method !== 'GET') headers['idempotency-key'] = options.key ?? newKey();

  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({ type: 'unreachable', title: '', status: 0 });
  }
  if (response.ok) {
    if (options.blob) return (await response.blob()) as T;
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const failed = failureOf(response.status, problem);
  // A wrong password in a form is a 401 as well, and no end of the session.
  if (failed.kind === 'not-signed-in' && path !== '/session') whenSignedOut();
  throw failed;
}

/** A refused call as an error; `problem` is what the server said, if it is a problem document. */
export function failureOf(status: number, problem: Partial<Problem> | null): ApiError {
  return new ApiError({ type: 'about:blank', title: '', ...problem, status });
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    call<T>('GET', path, { query, signal }),
  blob: (path: string, query?: Query, signal?: AbortSignal) =>
    call<Blob>('GET', path, { query, signal, blob: true }),
  post: <T>(path: string, body: unknown, key?: string, version?: number) =>
    call<T>('POST', path, { body, key, version }),
  /** A file made of what is sent. */
  file: (path: string, body: unknown) => call<Blob>('POST', path, { body, blob: true }),
  put: <T>(path: string, body: unknown, version?: number) =>
    call<T>('PUT', path, { body, version }),
  patch: <T>(path: string, body: unknown, version?: number, key?: string) =>
    call<T>('PATCH', path, { body, version, key }),
  delete: <T>(path: string, body?: unknown) => call<T>('DELETE', path, { body }),
};

import { demoPassword } from '../../features/identity/demo.ts';

const area = '330881002205001';

/** One official who writes, one act after the other. */
export interface Writer {
  /** Makes a resident. @returns the answer; undefined when the server went away first */
  make(name: string, key: string): Promise<Answer | undefined>;
  /** Changes a resident made before. */
  change(id: string, words: string, key: string): Promise<Answer | undefined>;
}

/** What the server answered. */
export interface Answer {
  status: number;
  body: string;
}

/** Signs in as the demo's village cadre. */
export async function signIn(url: string): Promise<Writer> {
  const opened = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'village', password: demoPassword }),
  });
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  if (opened.status !== 201) throw new Error(`sign-in: ${opened.status} ${await opened.text()}`);
  const send = async (
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer | undefined> => {
    try {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json', cookie, ...headers },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.text() };
    } catch {
      return undefined;
    }
  };
  return {
    make: (name, key) =>
      send('POST', '/residents', { area, items: { name } }, { 'idempotency-key': key }),
    change: (id, words, key) =>
      send(
        'PATCH',
        `/residents/${id}`,
        { items: { skills: words }, reason: '演练' },
        { 'idempotency-key': key, 'if-match': '"1"' },
      ),
  };
}

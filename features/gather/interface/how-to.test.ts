import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../tests/support/app.ts';

// The examples of docs/interface.md, run as they stand there against a server that listens.

const run = promisify(execFile);
const page = readFileSync(join(import.meta.dirname, '../../../docs/interface.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );

let t: TestApp;
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  t = await startApp();
  // The client signs by the machine's clock.
  t.clock.now = new Date();
  folder = mkdtempSync(join(tmpdir(), 'minqing-how-to-'));
  const admin = await t.signIn('secadmin');
  const made = await admin.send('POST', '/gather/systems', {
    name: '示例系统',
    source: 'health',
    area: '330881',
    items: ['resident.skills'],
    groups: [],
    values: true,
  });
  const address = await t.app.listen({ host: '127.0.0.1', port: 0 });
  const { id, secret } = made.json();
  env = { ...process.env, MINQING_URL: address, MINQING_SYSTEM: id, MINQING_SECRET: secret };
  writeFileSync(join(folder, 'minqing.mjs'), blocks('js')[0] ?? '');
  writeFileSync(join(folder, 'minqing.sh'), blocks('sh')[0] ?? '');
  chmodSync(join(folder, 'minqing.sh'), 0o700);
  writeFileSync(join(folder, 'rows.json'), blocks('json')[0] ?? '');
});
afterAll(async () => {
  await t.close();
  rmSync(folder, { recursive: true, force: true });
});

const node = async (...words: string[]) =>
  (await run(process.execPath, ['minqing.mjs', ...words], { cwd: folder, env })).stdout;
const shell = async (...words: string[]) =>
  (await run('/bin/sh', ['minqing.sh', ...words], { cwd: folder, env })).stdout;

describe('the how-to', () => {
  it('in Node: hands the rows of the page in, and asks how they stand and what changed', async () => {
    const [status, body = ''] = (await node('POST', '/api/v1/gather/health', 'rows.json')).split(
      '\n',
    );
    expect([status, JSON.parse(body).rows]).toEqual(['202', 2]);
    await t.worker().drain();
    const [, told = ''] = (await node('GET', JSON.parse(body).address)).split('\n');
    expect(JSON.parse(told)).toMatchObject({ state: 'done', counts: { rows: 2, aside: 0 } });
    const [ok, changes = ''] = (await node('GET', '/api/v1/changes?cursor=now&limit=5')).split(
      '\n',
    );
    expect([ok, JSON.parse(changes).items]).toEqual(['200', []]);
  });

  it('with curl and openssl: the same', async () => {
    const handed = JSON.parse(await shell('POST', '/api/v1/gather/health', 'rows.json'));
    expect(handed).toMatchObject({ rows: 2 });
    expect(JSON.parse(await shell('GET', handed.address))).toMatchObject({ id: handed.id });
    expect(JSON.parse(await shell('GET', '/api/v1/changes?cursor=now'))).toMatchObject({
      items: [],
    });
    expect(JSON.parse(await shell('GET', '/api/v1/changes'))).toHaveProperty('next');
  });

  it('is refused with another secret', async () => {
    const other = { ...env, MINQING_SECRET: 'x'.repeat(43) };
    const { stdout } = await run(process.execPath, ['minqing.mjs', 'GET', '/api/v1/changes'], {
      cwd: folder,
      env: other,
    });
    expect(stdout).toContain('signature-refused');
  });
});

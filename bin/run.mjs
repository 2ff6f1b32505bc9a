// node bin/run.mjs <tool | file> [arguments]: one of the project's tools (biome, tsc, vite, …) or
// one of its files (.ts, .mjs), on the pinned Node and with the dependencies in place.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureDependencies, exitLike, node24, root, run, toolEnv } from './ensure.mjs';

const [what, ...args] = process.argv.slice(2);
if (what === undefined) {
  console.error('usage: node bin/run.mjs <tool | file.ts> [arguments]');
  process.exit(2);
}
await ensureDependencies();

const isFile = /\.(ts|mjs|cjs|js)$/.test(what);
const target = isFile
  ? path.resolve(root, what)
  : path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${what}.cmd` : what);
if (!existsSync(target)) {
  console.error(`minqing: there is no ${isFile ? what : `tool called ${what}`} here.`);
  process.exit(1);
}
const env = toolEnv();
await exitLike(
  isFile
    ? await run(node24, ['--disable-warning=ExperimentalWarning', target, ...args], { env })
    : await run(target, args, { env, shell: process.platform === 'win32' }),
);

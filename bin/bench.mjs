// node bin/bench.mjs <name> [options]: runs bench/<name>.ts on the pinned Node.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureDependencies, exitLike, node24, root, run, toolEnv } from './ensure.mjs';

const [name, ...args] = process.argv.slice(2);
const folder = path.join(root, 'bench');
const file = path.join(folder, `${name}.ts`);
if (name === undefined || !/^[\w-]+$/.test(name) || !existsSync(file)) {
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((entry) => entry.endsWith('.ts') && !entry.includes('.test.'))
        .map((entry) => entry.slice(0, -3))
    : [];
  console.error('usage: npm run bench -- <name> [options]');
  console.error(`benchmarks: ${names.length === 0 ? 'none yet' : names.sort().join(', ')}`);
  process.exit(2);
}
await ensureDependencies();
const flags = ['--disable-warning=ExperimentalWarning'];
await exitLike(
  await run(node24, [...flags, file, ...args], { cwd: process.cwd(), env: toolEnv() }),
);

#!/usr/bin/env node
// The `minqing` command, on any Node from 20 on.
import { fileURLToPath } from 'node:url';
import { ensureDependencies, onNode24 } from './ensure.mjs';

await ensureDependencies();
await onNode24(fileURLToPath(import.meta.url));

const { main } = await import('../server/cli.ts');
process.exitCode = await main(process.argv.slice(2));

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = 'dist/console';

/** Files that a script imports at once, not on demand. */
function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)].flatMap(
    ([, name]) => name ?? [],
  );
}

/**
 * Kilobytes of JavaScript, gzipped, that a browser takes until the workbench stands: what the page
 * names, what those files import, and the workbench's own part.
 */
export async function firstPageWeight(): Promise<number> {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const assets = join(folder, 'assets');
  const waiting = [...page.matchAll(/assets\/([^"]+\.js)/g)].flatMap(([, name]) => name ?? []);
  waiting.push(
    ...readdirSync(assets).filter((name) =>
      /^(WorkbenchPage|SignInPage|ArchiveDesk|zh)-.*\.js$/.test(name),
    ),
  );
  const taken = new Map<string, number>();
  while (waiting.length > 0) {
    const name = waiting.pop() ?? '';
    if (taken.has(name)) continue;
    const text = readFileSync(join(assets, name), 'utf8');
    taken.set(name, gzipSync(text, { level: 6 }).length);
    waiting.push(...importsOf(text));
  }
  return [...taken.values()].reduce((sum, size) => sum + size, 0) / 1024;
}

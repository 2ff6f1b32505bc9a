import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { programFolder } from './installation.ts';

/** Folders whose files go into the console. */
const sources = ['console', 'features'];

/**
 * Builds the console when it has not been built yet or its sources are newer. An installation
 * without the sources' tools keeps what it has.
 */
export async function buildConsole(folder: string): Promise<void> {
  const page = join(folder, 'index.html');
  if (existsSync(page) && statSync(page).mtimeMs >= newestSource()) return;
  console.log('正在构建页面… · building the console…');
  const { build } = await import('vite');
  await build({
    root: join(programFolder, 'console'),
    configFile: join(programFolder, 'console/vite.config.ts'),
    logLevel: 'error',
  });
}

function newestSource(): number {
  const times = sources.flatMap((source) =>
    readdirSync(join(programFolder, source), { recursive: true, withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() &&
          (source === 'console' ||
            `${entry.parentPath}/${entry.name}`.match(/\/ui\/console\/|\/contract\.ts$/)),
      )
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  return Math.max(0, ...times);
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoAccounts, demoPassword } from '../features/identity/demo.ts';
import { programFolder } from '../server/installation.ts';

const read = (file: string): string => readFileSync(join(programFolder, file), 'utf8');

/** Files of the repository by the end of their name; not what is installed, built or kept as data. */
function files(ending: RegExp, folder = programFolder): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (/^(node_modules|dist|data|\.cache|\.git|test-results)$/.test(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(ending, path);
    return ending.test(entry.name) ? [relative(programFolder, path)] : [];
  });
}

/** Targets of links and images within the repository. */
function linksOf(file: string): string[] {
  const text = read(file).replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)]
    .map(([, link, image]) => (link ?? image ?? '').split('#')[0] ?? '')
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

describe('the documents', () => {
  it('lead nowhere that is not there', () => {
    const lost = files(/\.md$/).flatMap((file) =>
      linksOf(file)
        .filter((target) => !existsSync(join(programFolder, dirname(file), target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(lost).toEqual([]);
  });

  it('are there where a comment cites them', () => {
    const cited = new Set(
      files(/\.(ts|tsx|mjs|cjs|sql|yaml|css)$/).flatMap((file) =>
        [...read(file).matchAll(/\b([A-Z]{4,}\.md)\b/g)].map(([, name]) => name ?? ''),
      ),
    );
    expect(cited.size).toBeGreaterThan(3);
    const lost = [...cited].filter((name) =>
      ['', 'docs'].every((folder) => !existsSync(join(programFolder, folder, name))),
    );
    expect(lost).toEqual([]);
  });

  it.each(['README.md', 'README.zh-CN.md'])('%s names every setting and demo account', (file) => {
    const text = read(file);
    const settings = [
      ...read('server/config.ts').matchAll(/env\.([A-Z0-9_]+)|\(env, '([A-Z0-9_]+)'/g),
    ].map(([, one, other]) => one ?? other ?? '');
    expect(settings.length).toBeGreaterThan(7);
    const due = [
      ...settings.map((name) => `| \`${name}\` |`),
      ...demoAccounts.map(({ username }) => `\`${username}\``),
      demoPassword,
    ];
    expect(due.filter((words) => !text.includes(words))).toEqual([]);
  });

  it('say of every dependency what it is for', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    const text = read('ARCHITECTURE.md');
    const silent = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !name.startsWith('@types/') && !text.includes(`\`${name}\``),
    );
    expect(silent).toEqual([]);
  });

  it('say of every feature what it is', () => {
    const folders = readdirSync(join(programFolder, 'features'));
    expect(
      folders.filter((name) => !existsSync(join(programFolder, 'features', name, 'README.md'))),
    ).toEqual([]);
  });
});

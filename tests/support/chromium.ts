// Finds a Chromium and a Chinese font for the browser tests, and brings them where they are
// missing: with apt as root (or with passwordless sudo), otherwise unpacked from Debian's packages
// into .cache/chromium, with nothing installed on the machine.
//
// MINQING_CHROMIUM                  the browser to use, as a path
// MINQING_CHROMIUM_IGNORE_SYSTEM=1  act as if the machine had none and no rights to install one
import { execFile, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import {
  access,
  chmod,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

export const chromiumArgs: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGL without a graphics card, for the map.
  '--enable-unsafe-swiftshader',
];

const cache = path.resolve(import.meta.dirname, '../../.cache/chromium');
const privateBrowser = path.join(cache, 'chromium');
const ignoreSystem = process.env.MINQING_CHROMIUM_IGNORE_SYSTEM === '1';
const systemPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
const browserPackage = 'chromium';
const fontPackage = 'fonts-noto-cjk';

let found: Promise<string> | undefined;

/** The path of a Chromium that runs here and can show Chinese; the first call may install it. */
export function chromiumPath(): Promise<string> {
  found ??= find();
  return found;
}

async function find(): Promise<string> {
  const asked = process.env.MINQING_CHROMIUM;
  if (asked) {
    if (await runs(asked)) return asked;
    throw new Error(`MINQING_CHROMIUM names ${asked}, which does not start.`);
  }

  let browser = await systemBrowser();
  let font = await systemHasChineseFont();
  if (browser && font) return browser;
  if (await runs(privateBrowser)) return privateBrowser;

  const missing = [...(browser ? [] : [browserPackage]), ...(font ? [] : [fontPackage])];
  const tried: string[] = [];
  if (!(await canRun('apt-get'))) {
    throw new Error(explain(missing, ['this system has no apt-get']));
  }

  const installer = ignoreSystem ? null : await installerCommand();
  if (installer) {
    try {
      await installWithApt(installer, missing);
      browser = await systemBrowser();
      font = await systemHasChineseFont();
      if (browser && font) return browser;
      tried.push(`apt-get installed ${missing.join(' and ')}, yet the browser does not start`);
    } catch (error) {
      tried.push(`as root, apt-get install: ${messageOf(error)}`);
    }
  }

  try {
    await unpackPrivately(missing, browser);
    if (await runs(privateBrowser)) return privateBrowser;
    tried.push(`unpacked into ${cache}, the browser does not start`);
  } catch (error) {
    tried.push(`without root, unpacking Debian's packages: ${messageOf(error)}`);
  }
  throw new Error(explain(missing, tried));
}

function explain(missing: string[], tried: string[]): string {
  return [
    `The browser tests need ${missing.join(' and ')}, and could not get hold of it:`,
    ...tried.map((line) => `  - ${line}`),
    'Either install it by hand (Debian, Ubuntu: apt-get install chromium fonts-noto-cjk), or set',
    'MINQING_CHROMIUM to the path of a Chromium or Chrome that starts on this machine.',
  ].join('\n');
}

// ------------------------------------------------------------------ what there is

async function systemBrowser(): Promise<string | undefined> {
  if (ignoreSystem) return undefined;
  for (const place of systemPlaces) if (await runs(place)) return place;
  return undefined;
}

/** Really starts it: a path alone can be a stub that asks for another package manager. */
async function runs(browser: string): Promise<boolean> {
  try {
    await access(browser, constants.X_OK);
    const { stdout } = await exec(browser, ['--version'], { timeout: 20_000 });
    return /chrom/i.test(stdout);
  } catch {
    return false;
  }
}

async function systemHasChineseFont(): Promise<boolean> {
  if (ignoreSystem) return false;
  try {
    const { stdout } = await exec('fc-list', [':lang=zh-cn', 'family'], { timeout: 20_000 });
    return stdout.trim() !== '';
  } catch {
    // No fontconfig tools: look where Debian puts the fonts.
    for (const folder of ['/usr/share/fonts/opentype/noto', '/usr/share/fonts/truetype']) {
      const names = await readdir(folder, { recursive: true }).catch(() => []);
      if (names.some((name) => /cjk|wqy|arphic|droidsansfallback/i.test(name))) return true;
    }
    return false;
  }
}

async function canRun(command: string): Promise<boolean> {
  return exec(command, ['--version']).then(
    () => true,
    () => false,
  );
}

// ------------------------------------------------------------------ as root

async function installerCommand(): Promise<string[] | null> {
  if (process.getuid?.() === 0) return [];
  return exec('sudo', ['-n', 'true']).then(
    () => ['sudo', '-n'],
    () => null,
  );
}

async function installWithApt(prefix: string[], packages: string[]): Promise<void> {
  console.error(`Installing ${packages.join(' and ')} for the browser tests (apt-get) …`);
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  const updated = await output([...apt, 'update']);
  const done = await output([...apt, 'install', '-y', '--no-install-recommends', ...packages]);
  if (done.code !== 0) throw new Error(tail(`${updated.text}\n${done.text}`));
}

// ------------------------------------------------------------------ as a plain user

/**
 * apt with all of its state in our own folder resolves and fetches the packages, dpkg-deb unpacks
 * them, and a small script starts the browser with their libraries and fonts.
 */
async function unpackPrivately(packages: string[], browser: string | undefined): Promise<void> {
  console.error(`Unpacking ${packages.join(' and ')} into .cache/chromium (no root needed) …`);
  const work = `${cache}.${process.pid}`;
  try {
    const state = path.join(work, 'apt');
    const debs = path.join(work, 'debs');
    const tree = path.join(work, 'root');
    for (const folder of [
      path.join(state, 'lists', 'partial'),
      path.join(state, 'cache', 'archives', 'partial'),
      debs,
      tree,
    ]) {
      await mkdir(folder, { recursive: true });
    }
    // What dpkg has installed, so that only what is missing is fetched.
    const status = path.join(state, 'status');
    const installed = await readFile('/var/lib/dpkg/status', 'utf8').catch(() => '');
    await writeFile(status, ignoreSystem ? withoutBrowser(installed) : installed);
    const options = [
      `Dir::State=${state}`,
      `Dir::State::lists=${path.join(state, 'lists')}`,
      `Dir::State::status=${status}`,
      `Dir::State::extended_states=${path.join(state, 'extended_states')}`,
      `Dir::Cache=${path.join(state, 'cache')}`,
      `Dir::Cache::archives=${path.join(state, 'cache', 'archives')}`,
      `Dir::Log=${state}`,
      'Debug::NoLocking=1',
    ].flatMap((option) => ['-o', option]);
    const apt = ['apt-get', '-q', ...options];

    // Its exit code can be that of a system-wide hook meant for root; the next step tells.
    const updated = await output([...apt, 'update']);
    const planned = await output([
      ...apt,
      '--simulate',
      '--no-install-recommends',
      'install',
      ...packages,
    ]);
    const wanted = [...planned.text.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) /gm)]
      .map(([, name, version]) => ({ name: name ?? '', version: version ?? '' }))
      .filter(({ name }) => !/^(libc6|libc-bin)(:|$)/.test(name)); // only with its own loader
    if (planned.code !== 0 || wanted.length === 0) {
      throw new Error(tail(`${updated.text}\n${planned.text}`));
    }
    const fetched = await output(
      [...apt, 'download', ...wanted.map(({ name, version }) => `${name}=${version}`)],
      debs,
    );
    const files = (await readdir(debs)).filter((name) => name.endsWith('.deb'));
    if (fetched.code !== 0 || files.length < wanted.length) throw new Error(tail(fetched.text));
    for (const file of files) {
      const unpacked = await output(['dpkg-deb', '-x', path.join(debs, file), tree]);
      if (unpacked.code !== 0) throw new Error(`${file}: ${tail(unpacked.text)}`);
    }

    await rm(debs, { recursive: true });
    await rm(state, { recursive: true });
    await rm(cache, { recursive: true, force: true });
    await mkdir(path.dirname(cache), { recursive: true });
    await rename(work, cache);
    await writeWrapper(path.join(cache, 'root'), browser);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function withoutBrowser(status: string): string {
  return status
    .split('\n\n')
    .filter((entry) => !/^Package: (chromium.*|fonts-noto-cjk.*)$/m.test(entry))
    .join('\n\n');
}

async function writeWrapper(tree: string, browser: string | undefined): Promise<void> {
  const program = browser ?? path.join(tree, 'usr/lib/chromium/chromium');
  const libraries: string[] = [];
  for (const top of ['usr/lib', 'lib']) {
    const base = path.join(tree, top);
    for (const name of await readdir(base).catch(() => [])) {
      if (!name.endsWith('-linux-gnu') && !/-linux-gnueabi/.test(name)) continue;
      const folder = path.join(base, name);
      libraries.push(folder);
      // Libraries that Debian keeps one folder lower and finds by an absolute path.
      for (const inner of ['nss', 'pulseaudio', 'samba', 'blas', 'lapack']) {
        const lower = path.join(folder, inner);
        if (await isFolder(lower)) libraries.push(lower);
      }
    }
  }
  const fonts = path.join(cache, 'fonts.conf');
  await writeFile(
    fonts,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>${xml(path.join(tree, 'usr/share/fonts'))}</dir>
  <include ignore_missing="yes">${xml(path.join(tree, 'etc/fonts/conf.d'))}</include>
  <cachedir>${xml(path.join(cache, 'fontcache'))}</cachedir>
</fontconfig>
`,
  );
  await writeFile(
    privateBrowser,
    `#!/bin/sh
# Written by tests/support/chromium.ts: the browser with the libraries and fonts unpacked beside it.
export FONTCONFIG_FILE=${shell(fonts)}
LD_LIBRARY_PATH=${shell(libraries.join(':'))}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
export CHROME_WRAPPER=${shell(privateBrowser)}
exec ${shell(await realpath(program))} "$@"
`,
  );
  await chmod(privateBrowser, 0o755);
}

const isFolder = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    () => true,
    () => false,
  );

// ------------------------------------------------------------------ small things

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
const tail = (text: string): string => text.trim().split('\n').slice(-12).join('\n    ');

function output(command: string[], cwd?: string): Promise<{ code: number; text: string }> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const keep = (chunk: Buffer): void => {
      text += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: 1, text: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, text }));
  });
}

if (import.meta.main) {
  chromiumPath().then(
    (browser) => console.log(browser),
    (error) => {
      console.error(messageOf(error));
      process.exitCode = 1;
    },
  );
}

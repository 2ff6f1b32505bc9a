import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { withClient } from '../../server/database/connect.ts';
import { Ledger } from './ledger.ts';
import { minqing, type Server, startServer } from './server.ts';
import { signIn } from './writer.ts';

/** A thing that was looked at, and whether it was as it should be. */
export interface Found {
  what: string;
  right: boolean;
  figure: string;
}

/**
 * Walks through a loss of the disk in `folder`: a backup while officials write, two writings with an instant between
 * them, the archive; then a restore to that instant, a restore of all there is, and backups that are cut, altered or
 * opened with a wrong key.
 */
export async function restoreDrill(folder: string, told: (found: Found) => void): Promise<Found[]> {
  const all: Found[] = [];
  const note = (what: string, right: boolean, figure: string | number): void => {
    const found = { what, right, figure: String(figure) };
    all.push(found);
    told(found);
  };
  const at = (name: string): string => join(folder, name);
  const env = { MINQING_ARCHIVE: at('archive') };
  const made = await minqing(at('data'), ['backup', 'key', at('backup.key')], env);
  note('a key for backups', made.code === 0, made.code);
  let server = await startServer(at('data'), env);
  const ledger = new Ledger();
  const writing = { goesOn: true };
  const load = Promise.all(
    ['甲', '乙'].map(async (place) =>
      ledger.write(await signIn(server.url), place, () => writing.goesOn),
    ),
  );
  const taken = await minqing(at('data'), ['backup'], env);
  writing.goesOn = false;
  await load;
  note('a backup while two officials write', taken.code === 0, taken.said.split('\n').at(-1) ?? '');
  const official = await signIn(server.url);
  await official.make('杨演练前', 'before');
  const before = await present(server);
  await wait(1500);
  const instant = new Date();
  // The database hands over its segment when it stops: what comes after is in another.
  await server.stop();
  server = await startServer(at('data'), env);
  await (await signIn(server.url)).make('杨演练后', 'after');
  const after = await present(server);
  await server.stop();
  const archived = readdirSync(join(at('archive'), 'log')).length;
  note('segments of the log in the archive', archived > 0, archived);

  const past = await bring(folder, 'past', ['--until', instant.toISOString()]);
  note('restored to the instant between the two', past.code === 0, past.said.split('\n')[0] ?? '');
  server = await startServer(at('past'));
  const there = await present(server);
  note(
    'all from before it is there',
    before.every((name) => there.includes(name)),
    `${before.length} of ${before.length}`,
  );
  note(
    'nothing from after it is',
    !there.includes('杨演练后') && there.length === before.length,
    there.length - before.length,
  );
  const faults = await ledger.faults(server);
  note(
    'every answered act is there, whole',
    faults.length === 0,
    `${ledger.kept.length} acts, ${faults.length} faults`,
  );
  await (await signIn(server.url)).make('杨演练续', 'on');
  note('work goes on in it', (await present(server)).includes('杨演练续'), 1);
  await server.stop();

  const whole = await bring(folder, 'whole', []);
  note('restored to the end of the archive', whole.code === 0, whole.said.split('\n')[0] ?? '');
  server = await startServer(at('whole'));
  const last = await present(server);
  note(
    'the last act is there',
    after.every((name) => last.includes(name)),
    `${last.length} of ${after.length}`,
  );
  await server.stop();

  const verified = await minqing(at('none'), [
    'backup',
    'verify',
    at('archive'),
    '--key',
    at('backup.key'),
  ]);
  note('verified by restoring', verified.code === 0, verified.said.split('\n')[1] ?? '');
  const gap = at('gap');
  cpSync(at('archive'), gap, { recursive: true });
  const log = readdirSync(join(gap, 'log')).filter((name) => /^[0-9A-F]{24}\./.test(name));
  rmSync(join(gap, 'log', log.sort().at(-2) ?? ''));
  const lacking = await minqing(at('none'), ['backup', 'verify', gap, '--key', at('backup.key')]);
  note(
    'refused: an archive with a gap',
    /缺段/.test(lacking.said),
    lacking.said.split('\n').at(-1) ?? '',
  );
  const late = ['--until', new Date(Date.now() + 3_600_000).toISOString()];
  const beyond = await bring(folder, 'beyond', late);
  note(
    'refused: an instant that the archive does not reach',
    /还没有到/.test(beyond.said),
    beyond.said.split('\n').at(-1) ?? '',
  );
  for (const [what, spoil] of Object.entries(spoils)) {
    const spoilt = at(`spoilt-${spoil.name}`);
    cpSync(newest(at('archive')), spoilt, { recursive: true });
    spoil(spoilt);
    const refused = await minqing(at('none'), [
      'backup',
      'verify',
      spoilt,
      '--key',
      at('backup.key'),
    ]);
    note(`refused: a backup ${what}`, refused.code === 1, refused.said.split('\n').at(-1) ?? '');
  }
  await minqing(at('other'), ['backup', 'key', at('other.key')]);
  const wrong = await minqing(at('none'), [
    'backup',
    'verify',
    at('archive'),
    '--key',
    at('other.key'),
  ]);
  note('refused: another key', wrong.code === 1, wrong.said.split('\n').at(-1) ?? '');
  return all;
}

const bring = (folder: string, name: string, more: readonly string[]) =>
  minqing(join(folder, name), [
    'restore',
    join(folder, 'archive'),
    '--key',
    join(folder, 'backup.key'),
    ...more,
  ]);

function newest(archive: string): string {
  const backups = join(archive, 'backups');
  return join(backups, readdirSync(backups).sort().at(-1) ?? '');
}

/** Ways in which a backup goes bad. */
const spoils: Record<string, (backup: string) => void> = {
  'cut at its end': function cut(backup) {
    const file = join(backup, 'database.tar.zst.sealed');
    truncateSync(file, statSync(file).size - 1000);
  },
  'with one byte altered': function altered(backup) {
    const file = openSync(join(backup, 'database.tar.zst.sealed'), 'r+');
    const at = Math.floor(statSync(join(backup, 'database.tar.zst.sealed')).size / 2);
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, at);
    writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
    closeSync(file);
  },
  'without its manifest, as when it was stopped': function stopped(backup) {
    truncateSync(join(backup, 'manifest.json.zst.sealed'), 0);
  },
};

/** The people that the drill made, in the database. */
async function present({ owner }: Server): Promise<string[]> {
  return withClient(owner, async (client) => {
    const { rows } = await client.query(
      "select name from resident where name like '杨演练%' order by name",
    );
    return rows.map(({ name }) => name as string);
  });
}

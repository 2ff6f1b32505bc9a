import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createZstdCompress } from 'node:zlib';
import { packTar } from 'modern-tar/fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeLogBefore, segmentOf } from './archive.ts';
import {
  backupsIn,
  firstLogFile,
  firstLogOf,
  keepNewest,
  manifestFile,
  nextName,
  parts,
} from './catalogue.ts';
import {
  changingFile,
  openSealed,
  type PackEntry,
  readPack,
  textEntry,
  writePack,
  writeSealed,
} from './pack.ts';
import { makeKeyPair, readIdentity, readRecipient, sealFor } from './recipient.ts';
import { backUpFiles } from './take.ts';
import { headerOf } from './tar.ts';

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'minqing-backup-'));
  makeKeyPair(at('backup.key'), at('data'));
  makeKeyPair(at('other.key'), at('other'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const content = Buffer.from('一户一档'.repeat(100_000));
const stream = (): Readable => Readable.from([content], { objectMode: false });

describe('the key for backups', () => {
  it('opens what was sealed for its other half, and only under the name it was sealed under', async () => {
    await writeSealed(at('one'), readRecipient(at('data')), stream());
    expect(await buffer(openSealed(at('one'), readIdentity(at('backup.key'))))).toEqual(content);
    await expect(
      buffer(openSealed(at('one'), readIdentity(at('backup.key')), 'two')),
    ).rejects.toThrow();
    await expect(buffer(openSealed(at('one'), readIdentity(at('other.key'))))).rejects.toThrow();
  });

  it('is for its owner’s eyes, and is never written over another', () => {
    expect(statSync(at('backup.key')).mode & 0o777).toBe(0o600);
    expect(() => makeKeyPair(at('backup.key'), at('data'))).toThrow(/EEXIST/);
    expect(() => readIdentity(at('data', 'backup-recipient'))).toThrow(/backup key/);
    expect(() => readRecipient(at('nothing'))).toThrow(/minqing backup key/);
  });
});

describe('a pack', () => {
  it('holds as many bytes of a file as were told, whatever becomes of it', async () => {
    writeFileSync(at('shorter'), 'abc');
    writeFileSync(at('longer'), 'abcdef');
    const pack = { folder, name: 'b', recipient: readRecipient(at('data')) };
    await writePack(pack, 'p.sealed', [
      changingFile(at('shorter'), 'shorter', 5),
      changingFile(at('longer'), 'longer', 4),
      changingFile(at('gone'), 'gone', 3),
      changingFile(at('longer'), 'empty', 0),
    ]);
    const identity = readIdentity(at('backup.key'));
    mkdirSync(at('unpacked'));
    await readPack({ folder, name: 'b', identity }, 'p.sealed', at('unpacked'));
    const found = Object.fromEntries(
      readdirSync(at('unpacked')).map((name) => [name, statSync(at('unpacked', name)).size]),
    );
    expect(found).toEqual({ shorter: 5, longer: 4, gone: 3, empty: 0 });
    await expect(
      readPack({ folder, name: 'another', identity }, 'p.sealed', at('unpacked')),
    ).rejects.toThrow(/p\.sealed/);
  });
});

describe('a pack of many frames', () => {
  const identity = () => readIdentity(at('backup.key'));
  const unpacked = async (name: string): Promise<string> => {
    const into = at(`${name}-unpacked`);
    mkdirSync(into);
    await readPack({ folder, name, identity: identity() }, 'p.sealed', into);
    return into;
  };

  it('gives back every byte, of large files and of hundreds of small ones', async () => {
    const large = randomBytes(11_000_001);
    writeFileSync(at('large'), large);
    const small = Array.from({ length: 300 }, (_, n) => randomBytes(n * 7));
    for (const [n, bytes] of small.entries()) writeFileSync(at(`small-${n}`), bytes);
    const long = `${'ordner/'.repeat(20)}${'n'.repeat(80)}`;
    await writePack({ folder, name: 'many', recipient: readRecipient(at('data')) }, 'p.sealed', [
      ...small.map((bytes, n) => changingFile(at(`small-${n}`), `s/${n}`, bytes.length)),
      changingFile(at('large'), 'large', large.length),
      textEntry(long, '户'),
    ]);
    const into = await unpacked('many');
    expect(readFileSync(join(into, 'large')).equals(large)).toBe(true);
    for (const [n, bytes] of small.entries())
      expect(readFileSync(join(into, 's', String(n))).equals(bytes)).toBe(true);
    expect(readFileSync(join(into, long), 'utf8')).toBe('户');
  });

  it('reads ahead, but never what must come after all others', async () => {
    const read: string[] = [];
    const noted = (target: string): PackEntry => ({
      ...textEntry(target, target),
      whole: async () => {
        read.push(target);
        return Buffer.from(target);
      },
    });
    const late = { ...textEntry('late', 'late'), size: 5_000_000 };
    late.pieces = async function* () {
      for (let n = 0; n < 5; n++) yield Buffer.alloc(1_000_000, n);
      read.push('late');
    };
    const entries = [noted('a'), late, noted('b'), { ...noted('control'), inTurn: true }];
    const pack = { folder, name: 'turns', recipient: readRecipient(at('data')) };
    await writePack(pack, 'p.sealed', entries);
    expect(read).toEqual(['a', 'b', 'late', 'control']);
    expect(readdirSync(await unpacked('turns')).sort()).toEqual(['a', 'b', 'control', 'late']);
  });

  it('tells when a file cannot be read, and leaves nothing under its name', async () => {
    const pack = { folder, name: 'broken', recipient: readRecipient(at('data')) };
    const entries = [textEntry('a', 'a'), changingFile(at('data'), 'a-folder', 10)];
    await expect(writePack(pack, 'broken.sealed', entries)).rejects.toThrow(/EISDIR/);
    expect(readdirSync(folder)).not.toContain('broken.sealed');
    expect(() => headerOf('x'.repeat(300), 1, 0o600)).toThrow(/too long/);
    expect(() => headerOf('x', 2 ** 33, 0o600)).toThrow(/too large/);
  });

  it('is read when an earlier version made it, as one frame by another packer', async () => {
    const name = 'earlier';
    writeFileSync(at('earlier-file'), content);
    const tar = packTar([{ type: 'file', source: at('earlier-file'), target: 'folder/kept' }]);
    const sealed = sealFor(
      readRecipient(at('data')),
      `${name}/p.sealed`,
      tar.pipe(createZstdCompress()),
    );
    await writeFile(at('p.sealed'), sealed);
    expect(readFileSync(join(await unpacked(name), 'folder', 'kept')).equals(content)).toBe(true);
  });

  it('is a tar by the standard: another program lists and unpacks it', async () => {
    const pack = { folder, name: 'plain', recipient: readRecipient(at('data')) };
    const long = `${'ordner/'.repeat(20)}${'n'.repeat(80)}`;
    await writePack(pack, 'p.sealed', [
      textEntry('a', '甲'),
      textEntry(long, '乙'),
      textEntry('z', ''),
    ]);
    await writeFile(at('plain.tar'), openSealed(at('p.sealed'), identity(), 'plain/p.sealed'));
    const tar = (...words: string[]) => execFileSync('tar', ['-f', at('plain.tar'), ...words]);
    expect(tar('-t').toString().trim().split('\n')).toEqual(['a', long, 'z']);
    expect(tar('-xO', long).toString()).toBe('乙');
  });
});

describe('the stored files', () => {
  it('are packed without one that is taken away meanwhile', async () => {
    mkdirSync(at('source', 'files', 'document'), { recursive: true });
    writeFileSync(at('source', 'keys.json'), '{}');
    writeFileSync(at('source', 'files', 'document', 'kept'), 'kept');
    // Listed, and gone when it is looked at.
    symlinkSync('nowhere', at('source', 'files', 'document', 'removed'));
    const into = { folder, name: 'f', recipient: readRecipient(at('data')) };
    expect(await backUpFiles(at('source'), into)).toEqual({ count: 2, bytes: 6 });
    mkdirSync(at('files-unpacked'));
    const identity = readIdentity(at('backup.key'));
    await readPack({ folder, name: 'f', identity }, parts.files, at('files-unpacked'));
    expect(readdirSync(at('files-unpacked', 'files', 'document'))).toEqual(['kept']);
  });
});

describe('a folder of backups', () => {
  it('counts whole ones only, and keeps the newest', async () => {
    const days = [1, 2, 3, 4].map((day) => nextName(at('kept'), new Date(Date.UTC(2026, 5, day))));
    const cut = 'minqing-20260602T120000Z.part';
    mkdirSync(at('kept', cut), { recursive: true });
    for (const [i, name] of days.entries()) {
      mkdirSync(at('kept', name), { recursive: true });
      if (i !== 3) writeFileSync(at('kept', name, manifestFile), '');
    }
    mkdirSync(at('kept', 'minqing-20260605T000000Z.part'));
    expect(backupsIn(at('kept'))).toHaveLength(3);
    // What was cut short goes with the old ones; what is newer than all may be under way.
    expect(await keepNewest(at('kept'), 2)).toEqual([days[0], cut]);
    expect(readdirSync(at('kept'))).toContain('minqing-20260605T000000Z.part');
    expect(backupsIn(at('kept'))).toEqual([days[1], days[2]].map((name) => at('kept', name ?? '')));
    expect(() => backupsIn(at('nowhere'))).toThrow(/no such folder/);
  });

  it('names them in their order, also when the clock was set back or two begin in one second', () => {
    const noon = new Date('2026-06-30T12:00:00Z');
    mkdirSync(at('clock'));
    const names = [noon, noon, new Date('2026-06-30T11:00:00Z')].map((now) => {
      const name = nextName(at('clock'), now);
      mkdirSync(at('clock', name));
      return name;
    });
    expect(names).toEqual([
      'minqing-20260630T120000Z',
      'minqing-20260630T120001Z',
      'minqing-20260630T120002Z',
    ]);
    mkdirSync(at('clock', 'minqing-20260630T235959Z.part'));
    expect(nextName(at('clock'), noon)).toBe('minqing-20260701T000000Z');
  });

  it('says which segments of the archive nobody needs any more', async () => {
    const hash = '0123456789abcdef.zst.sealed';
    const backups = at('archive', 'backups');
    const firsts = ['00000001000000000000000A', '000000020000000100000003'];
    for (const [i, first] of firsts.entries()) {
      const one = join(backups, `minqing-2026060${i + 1}T000000Z`);
      mkdirSync(one, { recursive: true });
      writeFileSync(join(one, manifestFile), '');
      writeFileSync(join(one, firstLogFile), `${first}\n`);
    }
    mkdirSync(at('archive', 'log'));
    const [old, oldMark, needed, later, history] = [
      `000000010000000000000009.${hash}`,
      `000000010000000000000009.00000028.backup.${hash}`,
      `00000001000000000000000A.${hash}`,
      `000000020000000100000003.${hash}`,
      `00000002.history.${hash}`,
    ];
    const all = [old, oldMark, needed, later, history];
    for (const name of all) writeFileSync(at('archive', 'log', name ?? ''), '');
    expect(firstLogOf(backups)).toBe('000000000000000A');
    expect(await removeLogBefore(at('archive'), '000000000000000A')).toBe(2);
    expect(readdirSync(at('archive', 'log')).sort()).toEqual([needed, history, later].sort());
    // A backup that does not say may need any.
    rmSync(join(backups, 'minqing-20260602T000000Z', firstLogFile));
    expect(firstLogOf(backups)).toBeUndefined();
  });
});

it('the archive tells segments, histories and the marks of backups from other files', () => {
  const hash = '0123456789abcdef.zst.sealed';
  expect(segmentOf(`000000010000000000000007.${hash}`)).toBe('000000010000000000000007');
  expect(segmentOf(`00000002.history.${hash}`)).toBe('00000002.history');
  expect(segmentOf(`000000010000000000000007.00000028.backup.${hash}`)).toBe(
    '000000010000000000000007.00000028.backup',
  );
  expect(segmentOf(`000000010000000000000007.${hash}.part`)).toBeUndefined();
  expect(segmentOf('notes.txt')).toBeUndefined();
});

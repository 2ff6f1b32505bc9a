import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type pg from 'pg';
import type { SealEnd } from './seals.ts';

/** What a witness says of one seal. */
export interface WitnessLine {
  number: number;
  sealedAt: string;
  total: number;
  /** SHA-256 of the seal, in hexadecimal. */
  hash: string;
}

const first = '# minqing audit seals 1: number, sealed at, entries so far, hash\n';
const shape = /^(\d{1,15})\t(\S+)\t(\d{1,15})\t([0-9a-f]{64})$/;

/**
 * Reads a witness file: one line a seal.
 * @throws Error naming the line that cannot be read
 */
export function readWitness(file: string): WitnessLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, at) => {
      if (line === '' || line.startsWith('#')) return [];
      const found = shape.exec(line);
      if (!found) throw new Error(`${file}, line ${at + 1}: not a line of a witness`);
      const [, number, sealedAt = '', total, hash = ''] = found;
      return [{ number: Number(number), sealedAt, total: Number(total), hash }];
    });
}

const lineOf = ({ number, sealedAt, total, hash }: WitnessLine): string =>
  `${[number, sealedAt, total, hash].join('\t')}\n`;

/**
 * Appends to a witness file the seals that it does not hold yet. Nothing in it is ever changed: put it where the
 * database's administrators cannot write, or print its last line.
 * @returns how many lines were added
 */
export async function appendWitness(client: pg.ClientBase, file: string): Promise<number> {
  const there = existsSync(file);
  let last = there ? (readWitness(file).at(-1)?.number ?? 0) : 0;
  if (!there) writeFileSync(file, first, { flag: 'wx' });
  for (let added = 0; ; ) {
    const lines = await sealsAfter(client, last);
    const end = lines.at(-1);
    if (!end) return added;
    appendFileSync(file, lines.map(lineOf).join(''));
    added += lines.length;
    last = end.number;
  }
}

async function sealsAfter(client: pg.ClientBase, number: number): Promise<WitnessLine[]> {
  const { rows } = await client.query<WitnessLine>(
    `select number, sealed_at as "sealedAt", total, encode(hash, 'hex') as hash
       from audit_seal where number > $1 order by number limit 10000`,
    [number],
  );
  return rows;
}

/**
 * The newest seal that this server made, kept beside its keys: so it notices when seals vanish from the database,
 * and does not seal over the gap. Not a witness against whoever can write to this folder.
 */
export function keepHead(file: string, end: SealEnd): void {
  if (end.sealedAt === null) return;
  const line = lineOf({ ...end, sealedAt: end.sealedAt, hash: end.hash.toString('hex') });
  writeFileSync(`${file}.new`, first + line, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Whether the database still holds the seal of a witness's line. */
export async function holds(client: pg.ClientBase, line: WitnessLine): Promise<boolean> {
  const { rows } = await client.query(
    `select exists (select from audit_seal where number = $1 and hash = $2)
         or exists (select from audit_retired where through >= $1) as there`,
    [line.number, Buffer.from(line.hash, 'hex')],
  );
  return Boolean(rows[0]?.there);
}

import pg from 'pg';
import { isLate, plainSession } from './batch.ts';
import { type Finding, firstWhere } from './finding.ts';
import {
  beginningOf,
  endsFrom,
  isRetiredGenuine,
  lastRetired,
  type Retired,
  type SealEnd,
  sealsFrom,
} from './seals.ts';
import { checkEntries, checkSeals } from './stretch.ts';
import type { WitnessLine } from './witness.ts';

/** How many entries a lane reads with one statement, as far as whole seals go. */
const stretchEntries = 100_000;
const stretchSeals = 500;

export interface VerifyOptions {
  owner: pg.ClientConfig;
  /** Of `sealKey`. */
  key: Buffer;
  /** First and last seal to look at; all when left out. */
  from?: number | undefined;
  to?: number | undefined;
  /** What is known of seals from outside the database. */
  witnesses?: readonly WitnessLine[];
  /** Connections that read at once; two keep two cores busy. */
  lanes?: number;
  /** Ends it before its time: it throws. */
  signal?: AbortSignal | undefined;
  /** Called now and then with the entries looked at so far, and all there are to look at. */
  progress?: (done: number, of: number) => void;
}

/** What a verification comes to. */
export interface Verdict {
  firstSeal: number | null;
  lastSeal: number | null;
  /** Entries that are as they were sealed. */
  entries: number;
  /** Entries that are not sealed yet: nothing can be said of them. */
  unsealed: number;
  /** How many lines of witnesses were compared. */
  witnessed: number;
  milliseconds: number;
  /** The first thing that is wrong; null when all is as it was sealed. */
  finding: Finding | null;
}

/**
 * Compares the record with its seals and finds the first entry that was altered, removed or inserted since.
 * Runs beside the server; reads only.
 */
export async function verify(options: VerifyOptions): Promise<Verdict> {
  const started = performance.now();
  const lanes = await Promise.all(
    Array.from({ length: 1 + (options.lanes ?? 2) }, () => connect(options.owner)),
  );
  try {
    const [main, ...readers] = lanes as [pg.Client, ...pg.Client[]];
    const run = await begin(main, options);
    await Promise.all(readers.map((reader) => run.lane(reader)));
    const unsealed = await run.finish();
    return { ...run.result(), unsealed, milliseconds: Math.round(performance.now() - started) };
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()));
  }
}

async function connect(owner: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(owner);
  await client.connect();
  await client.query(plainSession);
  return client;
}

async function begin(main: pg.Client, options: VerifyOptions): Promise<Run> {
  const retired = await lastRetired(main);
  const begins = beginningOf(retired);
  const from = Math.max(options.from ?? 1, begins.number + 1);
  const [before] = from > begins.number + 1 ? await sealsFrom(main, from - 1, 1) : [];
  const { rows } = await main.query(
    'select coalesce(max(total), 0) as total from audit_seal where number <= $1',
    [options.to ?? Number.MAX_SAFE_INTEGER],
  );
  return new Run(main, options, retired, before ?? begins, rows[0].total);
}

/** A stretch of seals for one lane: what it rests on, and how many. */
interface Handed {
  before: SealEnd;
  count: number;
}

/** One verification: hands stretches of seals to its lanes and keeps the finding that comes first. */
class Run {
  readonly #main: pg.Client;
  readonly #options: VerifyOptions;
  readonly #retired: Retired | undefined;
  readonly #witnesses: Map<number, WitnessLine[]>;
  readonly #start: SealEnd;
  readonly #goal: number;
  #end: SealEnd;
  #turn: Promise<unknown> = Promise.resolve();
  #finding: Finding | null = null;
  #entries = 0;
  #witnessed = 0;

  constructor(
    main: pg.Client,
    options: VerifyOptions,
    retired: Retired | undefined,
    start: SealEnd,
    total: number,
  ) {
    this.#main = main;
    this.#options = options;
    this.#retired = retired;
    this.#witnesses = Map.groupBy(options.witnesses ?? [], ({ number }) => number);
    this.#start = start;
    this.#end = start;
    this.#goal = Math.max(0, total - start.total);
    if (retired && !isRetiredGenuine(options.key, retired))
      this.#found({ what: 'retired_forged', seal: retired.through, entry: null });
    this.#compare(start);
  }

  /** Checks stretches on one connection until there is none left, or something was found before them. */
  async lane(client: pg.Client): Promise<void> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const handed = this.#turn.then(() => this.#hand());
      this.#turn = handed.catch(() => {});
      const stretch = await handed;
      if (!stretch) return;
      await this.#check(client, stretch);
    }
  }

  async #hand(): Promise<Handed | null> {
    const to = this.#options.to ?? Number.MAX_SAFE_INTEGER;
    if (this.#finding || this.#end.number >= to) return null;
    const before = this.#end;
    let count = 0;
    let entries = 0;
    for (const end of await endsFrom(this.#main, before.number + 1, stretchSeals)) {
      const full = count > 0 && entries + end.entries > stretchEntries;
      if (end.number > to || full) break;
      entries += end.entries;
      count++;
      this.#end = end;
    }
    return count === 0 ? null : { before, count };
  }

  async #check(client: pg.Client, { before, count }: Handed): Promise<void> {
    const stretch = { before, seals: await sealsFrom(client, before.number + 1, count) };
    const broken = checkSeals(stretch, this.#options.key);
    if (broken) this.#found(broken);
    const told = stretch.seals.find((seal) => !this.#compare(seal));
    // Up to a broken seal the entries can still be told.
    const end = Math.min(broken?.seal ?? Infinity, told?.number ?? Infinity);
    const seals = stretch.seals.filter(({ number }) => number < end);
    const touched = await checkEntries(client, { before, seals }, (entries) => {
      this.#entries += entries;
      this.#options.progress?.(this.#entries, this.#goal);
    });
    if (touched) this.#found(touched);
  }

  /** Compares a seal with what witnesses say of it. @returns whether they agree */
  #compare({ number, hash }: SealEnd): boolean {
    for (const line of this.#witnesses.get(number) ?? []) {
      this.#witnessed++;
      if (line.hash === hash.toString('hex')) continue;
      this.#found({ what: 'witness', seal: number, entry: null });
      return false;
    }
    return true;
  }

  #found(finding: Finding): void {
    const place = ({ seal }: Finding): number => seal ?? Infinity;
    if (!this.#finding || place(finding) < place(this.#finding)) this.#finding = finding;
  }

  /**
   * What lies outside the seals: entries before the first or behind the last, and seals that only witnesses know.
   * @returns how many entries are not sealed
   */
  async finish(): Promise<number> {
    const end = this.#end;
    const { rows } = await this.#main.query(
      'select count(*) as n from audit_entry where xid >= (select coalesce(max(upto_xid), $1) from audit_seal)',
      [end.upto],
    );
    const unsealed: number = rows[0].n;
    if (this.#finding) return unsealed;
    await this.#checkBeginning();
    if (!this.#finding && this.#options.to === undefined) await this.#checkEnd(end);
    return unsealed;
  }

  async #checkBeginning(): Promise<void> {
    const upto = this.#retired?.upto;
    if (upto === undefined || this.#options.from !== undefined) return;
    const entry = await firstWhere(this.#main, { from: 0, upto }, () => true);
    if (entry) this.#found({ what: 'inserted', seal: null, entry });
  }

  async #checkEnd(end: SealEnd): Promise<void> {
    const beyond = [...this.#witnesses.keys()].filter((number) => number > end.number);
    if (beyond.length > 0)
      return this.#found({ what: 'cut_off', seal: Math.min(...beyond), entry: null });
    const open = { from: end.upto, upto: Number.MAX_SAFE_INTEGER };
    const entry = await firstWhere(this.#main, open, (one) => isLate(one, end.completeAt));
    if (entry) this.#found({ what: 'backdated', seal: null, entry });
  }

  result(): Omit<Verdict, 'unsealed' | 'milliseconds'> {
    const any = this.#end.number > this.#start.number;
    return {
      firstSeal: any ? this.#start.number + 1 : null,
      lastSeal: any ? this.#end.number : null,
      entries: this.#entries,
      witnessed: this.#witnessed,
      finding: this.#finding,
    };
  }
}

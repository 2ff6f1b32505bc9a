import type { Actor, Database, Tx } from '../../../server/database/actor.ts';
import type { Listening } from '../../../server/database/listen.ts';
import { type Sql, sql } from '../../../server/database/sql.ts';
import { countyOf } from '../../area/queries.ts';
import type { Dictionary } from '../dictionary.ts';
import { countiesOf } from '../list.ts';
import { type InForce, inUse, overlay, union } from './overlay.ts';

interface County {
  version: number;
  /** As the county defines it. */
  defined: Dictionary;
  /** As records are worked by it. */
  used: Dictionary;
}

const inForce: Sql<InForce> = sql`select county, version, kind, category, key, definition from gate_items()`;

/**
 * The dictionaries of all counties, in the memory of a server process. The database tells every process of a
 * change (channel minqing_items), and whoever writes a record asks for the version within the transaction:
 * reading costs no query.
 */
export class CountyDictionaries {
  readonly pack: Dictionary;
  readonly #database: Database;
  #counties = new Map<number, County>();
  #unions = new Map<string, Dictionary>();
  #listening: Listening | undefined;
  #fresh = false;
  /** While no notice comes every request asks for itself. */
  #deaf = false;
  #loading: Promise<void> | undefined;

  constructor(pack: Dictionary, database: Database) {
    this.pack = pack;
    this.#database = database;
  }

  /** The dictionary that the acting post works by. */
  async of(actor: Actor): Promise<Dictionary> {
    await this.#know();
    if (!actor.post) return this.pack;
    const [first, last] = countiesOf(actor.post);
    return first === last ? this.#used(first) : this.#union(first, last);
  }

  /** The dictionary of the county in which an area lies, as far as this process knows it: after `of`. */
  at(area: number): Dictionary {
    return this.#used(countyOf(area));
  }

  /**
   * The dictionary of the post's county for writing a record: it cannot change until the transaction ends, so
   * that the recount after a change misses nothing.
   */
  async held(tx: Tx): Promise<Dictionary> {
    await this.#know();
    const [first] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
    const row = await tx.first(
      sql<{ version: number }>`select gate_items_hold(${first}) as version`,
    );
    // By this very connection: another one might never come free.
    if (row && row.version !== (this.#counties.get(first)?.version ?? 0))
      this.#take(await tx.rows(inForce));
    return this.#used(first);
  }

  /** What the county itself has defined, read anew within the transaction. */
  async defined(tx: Tx, of: number): Promise<{ version: number; dictionary: Dictionary }> {
    this.#take(await tx.rows(inForce));
    const found = this.#counties.get(of);
    return { version: found?.version ?? 0, dictionary: found?.defined ?? this.pack };
  }

  async close(): Promise<void> {
    await this.#listening?.close();
  }

  async #know(): Promise<void> {
    if (!this.#listening) {
      this.#listening = this.#database.listen('minqing_items', {
        heard: () => {
          this.#deaf = false;
          this.#fresh = false;
          void this.#load().catch(() => {});
        },
        lost: () => {
          this.#deaf = true;
        },
      });
    }
    if (this.#deaf) this.#fresh = false;
    if (!this.#fresh) await this.#load();
  }

  /** One at a time; what was asked for meanwhile is read after it. */
  async #load(): Promise<void> {
    this.#loading ??= (async () => {
      try {
        while (!this.#fresh) {
          this.#fresh = true;
          this.#take(await this.#database.gate(inForce));
        }
      } catch (error) {
        this.#fresh = false;
        throw error;
      } finally {
        this.#loading = undefined;
      }
    })();
    await this.#loading;
  }

  #take(rows: readonly InForce[]): void {
    const byCounty = Map.groupBy(rows, (row) => row.county);
    const next = new Map(this.#counties);
    for (const [key, of] of byCounty) {
      const version = of[0]?.version ?? 0;
      const known = this.#counties.get(key);
      // An answer that was under way for longer tells of an older version.
      if (known && known.version >= version) continue;
      const defined = overlay(this.pack, of);
      next.set(key, { version, defined, used: inUse(defined) });
    }
    this.#counties = next;
    this.#unions.clear();
  }

  #used(of: number): Dictionary {
    return this.#counties.get(of)?.used ?? this.pack;
  }

  #union(first: number, last: number): Dictionary {
    const key = `${first}-${last}`;
    let found = this.#unions.get(key);
    if (!found) {
      const within = [...this.#counties].filter(([of]) => of >= first && of <= last);
      found = union(
        this.pack,
        within.sort(([a], [b]) => a - b).map(([, { used }]) => used),
      );
      this.#unions.set(key, found);
    }
    return found;
  }
}

/**
 * The dictionaries of some counties for work that has no route's memory, such as a job's step. They cannot change
 * until the transaction ends, where it writes records by them.
 * @returns by the first six digits of a record's area
 */
export async function dictionariesFor(
  tx: Pick<Tx, 'rows' | 'first'>,
  pack: Dictionary,
  counties: Iterable<number>,
): Promise<(county: number) => Dictionary> {
  // Always in the same order, so that two such steps wait for each other and don't deadlock.
  for (const one of [...new Set(counties)].sort((a, b) => a - b))
    await tx.first(sql`select gate_items_hold(${one})`);
  const byCounty = Map.groupBy(await tx.rows(inForce), (row) => row.county);
  const used = new Map<number, Dictionary>();
  return (of) => {
    const rows = byCounty.get(of);
    if (!rows) return pack;
    const found = used.get(of) ?? inUse(overlay(pack, rows));
    used.set(of, found);
    return found;
  };
}

import type pg from 'pg';
import { withClient } from '../../server/database/connect.ts';
import { countFaults } from '../../tests/support/counts.ts';
import type { Server } from './server.ts';
import { signIn, type Writer } from './writer.ts';

/** An act that the server has answered. */
interface Kept {
  name: string;
  key: string;
  id: string;
  body: string;
  changed: boolean;
}

/** What was sent and what was answered: beside the database, as the people remember it. */
export class Ledger {
  readonly kept: Kept[] = [];
  /** Names that were sent and never answered: there or not, but whole or not at all. */
  readonly open: string[] = [];

  /** Writes from one place over and over until told to stop, or the server is gone. */
  async write(writer: Writer, place: string, goOn: () => boolean): Promise<void> {
    for (let turn = 1; goOn(); turn++) {
      const name = `杨演练${place}${numeral(turn)}`;
      const key = `${Buffer.from(place).toString('hex')}-${turn}`;
      const made = await writer.make(name, key);
      if (!made) {
        this.open.push(name);
        return;
      }
      if (made.status !== 201) continue;
      const { id } = JSON.parse(made.body) as { id: string };
      const kept: Kept = { name, key, id, body: made.body, changed: false };
      this.kept.push(kept);
      const changed = await writer.change(id, `书法${turn}`, `${key}-change`);
      if (!changed) return;
      kept.changed = changed.status === 200;
    }
  }

  /**
   * Looks for every act in the database.
   * @returns what is not as it was answered, in words: nothing
   */
  async faults(server: Server): Promise<string[]> {
    return withClient(server.owner, async (client) => [
      ...(await this.#lost(client)),
      ...(await this.#halves(client)),
      ...(await countFaults(async (text) => (await client.query(text)).rows)).map((row) =>
        JSON.stringify(row),
      ),
    ]);
  }

  /** Sends some of the acts once more, with their keys. @returns those that were not answered as the first time */
  async replays(server: Server, most: number): Promise<string[]> {
    const writer = await signIn(server.url);
    const wrong: string[] = [];
    for (const kept of this.kept.slice(-most)) {
      const again = await writer.make(kept.name, kept.key);
      if (again?.status !== 201 || again.body !== kept.body)
        wrong.push(`${kept.name}: ${again?.status} ${again?.body}`);
    }
    return wrong;
  }

  /** Answered, and not there, or there twice, or without its change. */
  async #lost(client: pg.Client): Promise<string[]> {
    const { rows } = await client.query<{ id: string; n: number; changes: number }>(
      `select r.id, count(*) over (partition by r.name)::int as n,
              (select count(*)::int from archive_change c where c.subject = r.id and c.kind = 'changed') as changes
         from resident r where r.name like '杨演练%'`,
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    return this.kept.flatMap((kept) => {
      const row = found.get(kept.id);
      if (!row) return `${kept.name}: answered, and not there`;
      if (row.n !== 1) return `${kept.name}: there ${row.n} times`;
      if (kept.changed && row.changes !== 1)
        return `${kept.name}: its change was answered, and is there ${row.changes} times`;
      return [];
    });
  }

  /** There, and not whole: no history, no search, no entry in the record, or a change without its value. */
  async #halves(client: pg.Client): Promise<string[]> {
    const { rows } = await client.query<{ name: string }>(
      `select r.name from resident r
        where r.name like '杨演练%'
          and ((select count(*) from archive_change c where c.subject = r.id and c.kind = 'created') <> 1
            or not exists (select from archive_token t where t.id = r.id)
            or not exists (select from resident_file f where f.county = r.county and f.id = r.id)
            or not exists (select from audit_entry e where e.subject = r.id and e.kind = 'change')
            or (exists (select from archive_change c where c.subject = r.id and c.kind = 'changed')
                <> exists (select from resident_file f where f.county = r.county and f.id = r.id and f.facts ? 'skills')))`,
    );
    return rows.map(({ name }) => `${name}: half done`);
  }
}

/** A number in Chinese numerals, as part of a name. */
export function numeral(n: number): string {
  return [...String(n)].map((digit) => '零一二三四五六七八九'[Number(digit)]).join('');
}

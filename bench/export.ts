// npm run bench -- export [--rows N] [--json FILE]: a long list to Excel, and a household's file to PDF.
import { parseArgs } from 'node:util';
import { shapes } from '../features/archive/categories.ts';
import { loadDictionary } from '../features/archive/dictionary.ts';
import { listSheets } from '../features/archive/export/list.ts';
import { Sessions } from '../features/identity/sessions.ts';
import { systemClock } from '../server/clock.ts';
import { archivePack } from '../server/commands/demo.ts';
import { hashToken } from '../server/crypto.ts';
import { openDatabase } from '../server/database/actor.ts';
import { newId } from '../server/ids.ts';
import { workbook } from '../server/spreadsheet/workbook.ts';
import { Figures } from './figures/figures.ts';
import { quantile } from './load/loop.ts';
import { openSite, type Site } from './site/site.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    papers: { type: 'string', default: '60' },
    json: { type: 'string' },
  },
});
const rows = Number(options.rows);

const figures = new Figures();
/** The whole list as the job makes it, in this process, whose memory is looked at meanwhile. */
async function listToExcel(site: Site): Promise<void> {
  const database = openDatabase(site.installation.reach.server, 2);
  const sessions = new Sessions(database, systemClock);
  const token = site.cookies.city.split('=')[1] ?? '';
  const actor = sessions.actor(await sessions.find(hashToken(token)));
  const dictionary = loadDictionary(archivePack);
  globalThis.gc?.();
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const started = performance.now();
  let [bytes, read] = [0, 0];
  await database.withActor(
    actor,
    async (tx) => {
      const sheets = await listSheets(tx, dictionary, {
        shape: shapes.resident,
        filter: {},
        purpose: 'supervision',
        marks: ['bench'],
        entry: newId(),
        most: 1_000_000,
        told: (count) => {
          read = count;
        },
      });
      for await (const part of workbook(sheets, 'bench')) bytes += part.length;
    },
    { snapshot: true },
  );
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  await database.close();
  console.log(`${read} rows, ${(bytes / 1_048_576).toFixed(1)} MB in ${seconds.toFixed(1)} s`);
  figures.atMost(`export_seconds.${rows}`, seconds * (rows / read), 15);
  figures.atMost(`export_peak_mb.${rows}`, peak / 1_048_576, 300);
}

async function papers(site: Site): Promise<void> {
  const url = `http://127.0.0.1:${site.port}/api/v1`;
  const headers = { cookie: site.cookies.township };
  const answered = await fetch(`${url}/households?limit=100`, { headers });
  const list = (await answered.json()) as { items: { id: string }[] };
  const times: number[] = [];
  for (let at = 0; at < Number(options.papers); at++) {
    const id = list.items[at % list.items.length]?.id;
    const started = performance.now();
    const answer = await fetch(`${url}/households/${id}/file.pdf?purpose=visit`, { headers });
    const pdf = await answer.arrayBuffer();
    if (answer.status !== 200 || pdf.byteLength < 1000) throw new Error(`paper: ${answer.status}`);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  figures.atMost('household_pdf_p95_ms', quantile(times, 0.95), 1000);
}

const site = await openSite(rows);
await listToExcel(site);
await papers(site);
await site.close();

figures.tell(options.json);

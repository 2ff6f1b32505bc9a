// npm run drill:gather [-- --runs N --times N --seed N --households N | --extracts FOLDER]: gathers eleven files, killed with
// its database at random points and begun again, and compares the archive with that of an undisturbed run.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dirtLevels } from '../bench/gather/dirt.ts';
import { writeExtracts } from '../bench/gather/extracts.ts';
import { gatherDrill } from './support/gather.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    times: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    households: { type: 'string', default: '600' },
    extracts: { type: 'string' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'minqing-drill-'));
chmodSync(folder, 0o711);
try {
  const extracts = values.extracts ?? join(folder, 'extracts');
  const dirt = dirtLevels['2'];
  if (!values.extracts && dirt)
    await writeExtracts(extracts, {
      households: Number(values.households),
      areas: 'packs/areas/quzhou.csv',
      dirt,
      years: 1,
      seed: Number(values.seed),
    });
  const outcome = await gatherDrill(folder, {
    extracts,
    runs: Number(values.runs),
    times: Number(values.times),
    seed: Number(values.seed),
    told: (words) => console.log(words),
  });
  const phases = Object.entries(outcome.phases).map(([phase, n]) => `${phase} ${n}`);
  console.log(
    `${outcome.kills} kills in ${outcome.runs} runs (${phases.join(', ')}) · ${outcome.faults.length} differences from the undisturbed run`,
  );
  for (const fault of outcome.faults) console.error(fault);
  process.exitCode = outcome.faults.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

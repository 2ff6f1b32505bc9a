// npm run drill:kill [-- --times N --seed N]: ends the server and its database with SIGKILL at random points while
// several officials write, and looks for every answered act after each restart.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killDrill } from './support/kill.ts';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
});
const folder = mkdtempSync(join(tmpdir(), 'minqing-drill-'));
chmodSync(folder, 0o711);
try {
  const outcome = await killDrill(join(folder, 'data'), {
    times: Number(values.times),
    seed: Number(values.seed),
    told: (words) => console.log(words),
  });
  console.log(
    `${outcome.kills} kills · ${outcome.answered} acts answered, ${outcome.answered - outcome.lost} there · ${outcome.open} unanswered, ${outcome.halves} half done · ${outcome.replayed} replays answered alike`,
  );
  for (const fault of outcome.faults.slice(0, 20)) console.error(fault);
  process.exitCode = outcome.faults.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// npm run drill:restore: a backup under load, an instant between two writings, the loss of the disk, and back.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreDrill } from './support/restore.ts';

const folder = mkdtempSync(join(tmpdir(), 'minqing-drill-'));
// The database runs as a user of its own when we are root, and must get through.
chmodSync(folder, 0o711);
try {
  const found = await restoreDrill(folder, ({ what, right, figure }) =>
    console.log(`${right ? '✓' : '✗'} ${what}: ${figure}`),
  );
  const wrong = found.filter(({ right }) => !right);
  console.log(`${found.length - wrong.length} of ${found.length} as they should be`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

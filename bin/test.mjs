// npm test [-- <vitest arguments>]: the unit and integration tests (Vitest), then the browser tests
// (Playwright) on a freshly built console. With arguments only Vitest runs, with those arguments.
// The last line is the sum of both: "N passed, N failed[, N skipped]".
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies, exitLike, onNode24, root, run, toolEnv } from './ensure.mjs';

await ensureDependencies();
await onNode24(fileURLToPath(import.meta.url));

const args = process.argv.slice(2);
const specs = existsSync(path.join(root, 'tests', 'e2e'))
  ? readdirSync(path.join(root, 'tests', 'e2e'), { recursive: true }).filter((name) =>
      /\.(spec|test)\.ts$/.test(String(name)),
    )
  : [];
const withBrowser = args.length === 0 && specs.length > 0;
const total = { passed: 0, failed: 0, skipped: 0 };
const notes = [];
const reports = mkdtempSync(path.join(os.tmpdir(), 'minqing-test-'));
process.once('exit', () => rmSync(reports, { recursive: true, force: true }));

const tool = (name) =>
  path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

async function runTool(name, toolArgs, extraEnv = {}) {
  const ended = await run(tool(name), toolArgs, {
    env: toolEnv(extraEnv),
    shell: process.platform === 'win32',
  });
  const signal = ended.stopped ?? ended.signal;
  if (signal !== null) await exitLike({ code: null, signal });
  return ended.code;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Adds a runner's counts; a runner that failed without a failed test counts as one failure. */
function add(name, code, counts) {
  if (code !== 0 && counts.failed === 0) {
    counts.failed = 1;
    notes.push(`${name} ended with exit code ${code} although no test failed.`);
  }
  for (const key of Object.keys(total)) total[key] += counts[key];
}

const env = {};
if (withBrowser) {
  try {
    const { chromiumPath } = await import('../tests/support/chromium.ts');
    env.MINQING_CHROMIUM = await chromiumPath();
  } catch (error) {
    notes.push(error.message);
    total.failed += 1;
  }
}

// ---- Vitest
{
  const report = path.join(reports, 'vitest.json');
  const code = await runTool(
    'vitest',
    [
      'run',
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    env,
  );
  const result = readReport(report);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (result) {
    counts.passed = result.numPassedTests;
    counts.skipped = result.numPendingTests + result.numTodoTests;
    // A file that does not even load has no tests to count: it counts as one failure itself.
    const unloaded = result.testResults.filter(
      (file) =>
        file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    );
    counts.failed = result.numFailedTests + unloaded.length;
  } else {
    notes.push('Vitest left no report.');
    counts.failed = 1;
  }
  add('Vitest', code, counts);
}

// ---- Playwright
if (withBrowser && env.MINQING_CHROMIUM) {
  const built = existsSync(path.join(root, 'console', 'index.html'))
    ? await runTool('vite', ['build', 'console', '--logLevel', 'warn'])
    : 0;
  if (built === 0) {
    const report = path.join(reports, 'playwright.json');
    const code = await runTool('playwright', ['test', '--reporter=list,json'], {
      ...env,
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
      NO_COLOR: undefined, // it sets FORCE_COLOR for its workers, and Node warns of both
    });
    const result = readReport(report);
    const counts = { passed: 0, failed: 0, skipped: 0 };
    if (result) {
      counts.passed = result.stats.expected + result.stats.flaky;
      counts.failed = result.stats.unexpected;
      counts.skipped = result.stats.skipped;
    } else {
      notes.push('Playwright left no report.');
      counts.failed = 1;
    }
    add('Playwright', code, counts);
  } else {
    notes.push('The console did not build; the browser tests were not run.');
    total.failed += 1;
  }
}

// ---- the sum
for (const note of notes) console.log(`\n${note}`);
if (total.passed + total.failed === 0) console.log('\nNo test was run, which counts as a failure.');
console.log('');
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { leastYears, retireMonths } from '../../features/audit/retire.ts';
import { sealKey } from '../../features/audit/seal/batch.ts';
import { keepCheck } from '../../features/audit/seal/check.ts';
import { type Verdict, verify } from '../../features/audit/seal/verify.ts';
import { appendWitness, readWitness } from '../../features/audit/seal/witness.ts';
import { findingWords } from '../../features/audit/seal/words.ts';
import { headFile } from '../../features/audit/sealer.ts';
import { systemClock } from '../clock.ts';
import { type Config, readConfig } from '../config.ts';
import { withClient } from '../database/connect.ts';
import { type Installation, openInstallation } from '../installation.ts';

interface VerifyFlags {
  from?: string;
  to?: string;
  witness?: string;
}

/** `minqing audit verify`, `minqing audit witness`, `minqing audit retire` */
export function auditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('查看记录 · the record of every look, and its seals');
  audit
    .command('verify')
    .option(
      '--from <seal>',
      '起 · first seal to look at: its number, or a day such as 2026-05-01',
      seal,
    )
    .option('--to <seal>', '止 · last seal to look at: its number, or a day', seal)
    .option(
      '--witness <file>',
      '见证文件 · also compare with a witness file (MINQING_WITNESS when it is set)',
    )
    .description(
      '核验封条 · compare the record with its seals and name the first entry altered, removed or inserted; exit code 1 when there is one',
    )
    .action((flags: VerifyFlags) =>
      onInstallation((at, config) => verifyRecord(at, config, flags)),
    );
  audit
    .command('witness')
    .argument('<file>')
    .description(
      '追加见证 · append the seals made since to a witness file, one line a seal; keep it elsewhere',
    )
    .action((file: string) =>
      onInstallation(async ({ reach }) => {
        const added = await withClient(reach.owner, (client) => appendWitness(client, file));
        console.log(`新增 added ${added} → ${file}`);
      }),
    );
  audit
    .command('retire')
    .option('--years <n>', `保存年限 · years that are kept (${leastYears})`, years, leastYears)
    .description(
      '清除期满记录 · remove the months past their retention, after having verified them; what is left says so',
    )
    .action(({ years: kept }: { years: number }) =>
      onInstallation(async ({ keys, reach }) => {
        const removal = await retireMonths(reach.owner, sealKey(keys), systemClock(), kept);
        if (removal.finding) {
          console.log(`${findingWords(removal.finding)}\n未清除 nothing was removed`);
          process.exitCode = 1;
          return;
        }
        console.log(`已清除 removed ${figure(removal.entries)} · 保留自 kept from ${removal.kept}`);
      }),
    );
}

async function onInstallation(
  work: (installation: Installation, config: Config) => Promise<void>,
): Promise<void> {
  const config = readConfig(process.env);
  const installation = await openInstallation(config);
  try {
    await work(installation, config);
  } finally {
    await installation.leave();
  }
}

async function verifyRecord(
  { keys, reach }: Installation,
  config: Config,
  flags: VerifyFlags,
): Promise<void> {
  const outside = flags.witness ?? config.witness;
  // A witness that was named must be there; the server's own note may not be.
  const own = headFile(config.dataFolder);
  const witnesses = [
    ...(outside === undefined ? [] : readWitness(outside)),
    ...(existsSync(own) ? readWitness(own) : []),
  ];
  const range = await withClient(reach.owner, async (client) => ({
    from: await sealOf(client, flags.from, 'from'),
    to: await sealOf(client, flags.to, 'to'),
  }));
  const verdict = await verify({
    owner: reach.owner,
    key: sealKey(keys),
    ...range,
    witnesses,
    progress: progressLine(),
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  await withClient(reach.owner, (client) =>
    keepCheck(client, systemClock(), verdict, outside !== undefined),
  );
  console.log(words(verdict));
  if (verdict.finding) process.exitCode = 1;
}

function years(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= leastYears) return number;
  throw new InvalidArgumentError(`a whole number, ${leastYears} at least`);
}

function seal(text: string): string {
  if (/^\d{1,15}$/.test(text) || /^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  throw new InvalidArgumentError('a number of a seal, or a day such as 2026-05-01');
}

/** The number of a seal, also of the first or last one of a day in Asia/Shanghai. */
async function sealOf(
  client: pg.ClientBase,
  text: string | undefined,
  end: 'from' | 'to',
): Promise<number | undefined> {
  if (text === undefined || !text.includes('-'))
    return text === undefined ? undefined : Number(text);
  const day = `${text} 00:00:00+08`;
  const { rows } = await client.query(
    end === 'from'
      ? 'select min(number) as number from audit_seal where sealed_at >= $1'
      : "select max(number) as number from audit_seal where sealed_at < $1::timestamptz + interval '1 day'",
    [day],
  );
  if (rows[0]?.number !== null) return Number(rows[0].number);
  throw new Error(`--${end}: ${text} 没有封条 · there is no seal of ${text}`);
}

function progressLine(): (done: number, of: number) => void {
  if (!process.stderr.isTTY) return () => {};
  const started = performance.now();
  let shown = 0;
  return (done, of) => {
    const now = performance.now();
    if (now - shown < 200) return;
    shown = now;
    const rate = Math.round((done / (now - started)) * 1000);
    process.stderr.write(
      `\r校验 verifying ${figure(done)} / ${figure(of)} · ${figure(rate)} 条/秒 a second\x1b[K`,
    );
  };
}

const figure = (count: number): string => count.toLocaleString('en');

/** The verdict in both languages, red or green on a terminal. */
function words(verdict: Verdict): string {
  const { entries, firstSeal, lastSeal, unsealed, witnessed, milliseconds } = verdict;
  const rate = figure(Math.round((entries / Math.max(1, milliseconds)) * 1000));
  const seals = firstSeal === null ? '—' : `${firstSeal}–${lastSeal}`;
  return [
    headOf(verdict),
    `已校验 verified ${figure(entries)} · 封条 seals ${seals} · ${(milliseconds / 1000).toFixed(1)} s · ${rate} 条/秒 a second`,
    ...(witnessed > 0 ? [`已比对见证 compared with a witness: ${figure(witnessed)} 行 lines`] : []),
    ...(unsealed > 0 ? [`尚未封存 not sealed yet: ${figure(unsealed)}`] : []),
  ].join('\n');
}

function headOf({ finding, firstSeal }: Verdict): string {
  if (finding) return colour(31, findingWords(finding));
  if (firstSeal === null) return '没有可校验的封条 · nothing is sealed yet';
  return colour(32, '✔ 完好 whole');
}

const colour = (code: number, text: string): string =>
  process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text;

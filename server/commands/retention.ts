import type { Command } from 'commander';
import { foretell, retentionKind } from '../../features/archive/rights/retention/job.ts';
import { readConfig } from '../config.ts';
import { openSteward } from '../database/steward.ts';
import { openInstallation } from '../installation.ts';
import { deskOf } from './desk.ts';
import { runKind } from './jobs.ts';

/** `minqing retention`, `minqing retention --dry-run` */
export function retentionCommand(program: Command): void {
  program
    .command('retention')
    .description(
      '保存期满清理 · delete what has had its time (packs/archive/retention.yaml); nightly by itself',
    )
    .option('--dry-run', '只统计，不删除 · count by item, delete nothing')
    .action(({ dryRun }: { dryRun?: boolean }) => (dryRun ? foretold() : runKind(retentionKind)));
}

async function foretold(): Promise<void> {
  const installation = await openInstallation(readConfig(process.env));
  const desk = deskOf(installation.keys);
  const steward = openSteward(installation.reach.steward, 1);
  try {
    const tally = await steward.transaction((tx) => foretell(tx, desk, new Date()), {
      'minqing.kind': retentionKind,
    });
    const lines = Object.entries(tally.items).map(([key, { values, history }]) => {
      const [category, item = ''] = key.split('.') as ['resident', string];
      const label = desk.dictionary.item(category, item)?.label.zh ?? item;
      return { item: key, 名称: label, 现值: values, 历史: history };
    });
    if (lines.length > 0) console.table(lines);
    console.log(
      `查看 ${tally.looked} 份，其中整份删除 ${tally.records} 份，证件资料 ${tally.documents} 份 · ` +
        `${tally.looked} records looked at, ${tally.records} whole files and ${tally.documents} documents would go; nothing was deleted`,
    );
  } finally {
    await steward.close();
    await installation.leave();
  }
}

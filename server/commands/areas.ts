import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { importAreas } from '../../features/area/import.ts';
import { readConfig } from '../config.ts';
import { openInstallation } from '../installation.ts';

/** `minqing areas import FILE` */
export function areasCommand(program: Command): void {
  program
    .command('areas')
    .description('the tree of areas')
    .command('import')
    .argument('<file>', 'CSV with the columns code,name,parent')
    .description('take in or bring up to date the tree of areas')
    .action(async (file: string) => {
      const installation = await openInstallation(readConfig(process.env));
      try {
        const started = performance.now();
        const { read, added, changed } = await importAreas(
          installation.reach.owner,
          createReadStream(file),
        );
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        const memory = Math.round(process.resourceUsage().maxRSS / 1024);
        console.log(
          `读取 read ${read} · 新增 added ${added} · 更新 changed ${changed} · ${seconds} s · ${memory} MB`,
        );
      } finally {
        await installation.leave();
      }
    });
}

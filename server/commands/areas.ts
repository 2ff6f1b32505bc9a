import { open, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { importAreas } from '../../features/area/import.ts';
import { importShapes } from '../../features/area/shapes/load.ts';
import { readConfig } from '../config.ts';
import { openInstallation } from '../installation.ts';

/** `minqing areas import FILE` */
export function areasCommand(program: Command): void {
  const areas = program.command('areas').description('区划 · the tree of areas');
  areas
    .command('import')
    .argument('<file>', 'CSV (UTF-8): code,name,parent')
    .description(
      '导入或更新区划 · take in or bring up to date the tree of areas, all of it or nothing',
    )
    .action(async (file: string) => {
      const source = await openAreas(file);
      const installation = await openInstallation(readConfig(process.env));
      try {
        const started = performance.now();
        const { read, added, changed } = await importAreas(installation.reach.owner, source);
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        const memory = Math.round(process.resourceUsage().maxRSS / 1024);
        console.log(
          `读取 read ${read} · 新增 added ${added} · 更新 changed ${changed} · ${seconds} s · ${memory} MB`,
        );
      } finally {
        await installation.leave();
      }
    });
  areas
    .command('shapes')
    .argument('<file>', 'GeoJSON FeatureCollection, WGS84; properties: code or name')
    .description('导入区划边界 · take in the shapes of areas, all of them or none')
    .action(async (file: string) => {
      const text = await readFile(file, 'utf8');
      const installation = await openInstallation(readConfig(process.env));
      try {
        const { read, replaced } = await importShapes(installation.reach.owner, text, new Date());
        console.log(`导入 taken in ${read} · 其中替换 replaced ${replaced}`);
      } finally {
        await installation.leave();
      }
    });
}

/** Opens a file of areas before anything else is begun. @throws Error when it cannot be read */
export async function openAreas(file: string): Promise<Readable> {
  try {
    return (await open(file)).createReadStream();
  } catch (error) {
    const why = (error as { code?: string }).code;
    throw new Error(`无法读取文件 ${file} · the file cannot be read (${why})`);
  }
}

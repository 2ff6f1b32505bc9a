import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { citizenIdCheckDigit } from '../../features/archive/rules/citizen-id.ts';
import { given } from './people.ts';
import { Random } from './random.ts';

const households = 1000;

/**
 * Writes a register of people who are in the archive beforehand, whose files an official opens: one in each of some
 * households, with ids that no extract has.
 * @param areas CSV of areas, of which a village is taken
 */
export async function writeBeforehand(path: string, areas: string): Promise<void> {
  const village = await lastVillage(areas);
  const random = new Random(11);
  const lines = ['户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期'];
  for (let i = 0; i < households; i++) {
    const first17 = `99018819${String(40 + (i % 50))}0101${String(i).padStart(3, '0')}`;
    const id = first17 + citizenIdCheckDigit(first17);
    const sex = Number(id[16]) % 2 === 1 ? '男' : '女';
    const name = `令狐${random.one(given)}${random.one(given)}`;
    const birth = `${id.slice(6, 10)}-01-01`;
    lines.push(
      `HKB${i},${name},${sex},汉族,${id},户主,${birth},示例村9组${i + 1}号,${village},2026-01-01`,
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
}

async function lastVillage(areas: string): Promise<string> {
  let last = '';
  for await (const line of createInterface({ input: createReadStream(areas) })) {
    const code = /^\d{12}/.exec(line)?.[0];
    if (code && !code.endsWith('000')) last = code;
  }
  return last;
}

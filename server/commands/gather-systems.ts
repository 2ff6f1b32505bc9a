import type { Command } from 'commander';
import type { Action } from '../../features/audit/actions.ts';
import { record } from '../../features/audit/queries.ts';
import type { NewSystem, System } from '../../features/gather/interface/contract.ts';
import { networksOf } from '../../features/gather/interface/deliver/address.ts';
import {
  addSystem,
  readSystems,
  rotateSecret,
  type SystemDesk,
  withdrawSystem,
} from '../../features/gather/interface/systems.ts';
import { type Clock, systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import type { Tx } from '../database/actor.ts';
import type { Reach } from '../database/connect.ts';
import { openInstallation } from '../installation.ts';
import { asAdministrator } from './as-administrator.ts';
import { deskOf } from './desk.ts';
import { inWords } from './words.ts';

interface As {
  as?: string;
}

interface AddOptions extends As {
  name: string;
  source: string;
  area: string;
  items?: string[];
  groups?: string[];
  values: boolean;
  webhook?: string;
}

/** `minqing gather system add`, `list`, `rotate`, `end`: what the page 外部系统 does, in an administrator's name. */
export function systemCommands(gather: Command): void {
  const system = gather
    .command('system')
    .description('外部系统 · other systems of departments: what they hand in and are told');
  const named = (command: Command): Command =>
    command.option(
      '--as <admin>',
      '以哪位安全管理员的名义 · in the name of which security administrator',
    );
  named(system.command('list'))
    .description('列出外部系统 · the systems')
    .action(({ as }: As) =>
      carryOut(as, async (tx, desk) => console.table((await readSystems(tx, desk)).map(lineOf))),
    );
  named(system.command('add'))
    .description('新建外部系统 · make a system; its secret is told this once')
    .requiredOption('--name <name>', '名称 · its name')
    .requiredOption('--source <key>', '来源部门 · department, a key of packs/archive/sources.yaml')
    .requiredOption('--area <code>', '区划代码 · the county, or an area below')
    .option('--items <keys...>', '数据项 · items it is told of, as resident.education')
    .option('--groups <keys...>', '敏感类别 · sensitive groups that are named')
    .option('--no-values', '只告知哪些数据项有变 · keys of items alone, no values')
    .option('--webhook <url>', '推送地址 · address to which changes are sent')
    .action(({ as, items = [], groups = [], ...more }: AddOptions) =>
      carryOut(as, async (tx, desk) => {
        const wanted = { ...more, items, groups: groups as NewSystem['groups'] };
        const { id, secret } = await added(tx, desk, wanted);
        tell('编号 id', id, '密钥（只显示这一次） secret, told this once', secret);
      }),
    );
  named(system.command('rotate'))
    .description('更换密钥 · another secret; the one before stays good for some days')
    .argument('<id>')
    .option('--days <days>', '旧密钥还可用的天数 · days of overlap', '7')
    .action((id: string, { as, days }: As & { days: string }) =>
      carryOut(as, async (tx, desk) => {
        const { secret } = await rotated(tx, desk, id, Number(days));
        tell('编号 id', id, '新密钥（只显示这一次） secret, told this once', secret);
      }),
    );
  named(system.command('end'))
    .description('停用外部系统 · withdraw a system, at once and for good')
    .argument('<id>')
    .requiredOption('--reason <reason>', '原因 · why')
    .action((id: string, { as, reason }: As & { reason: string }) =>
      carryOut(as, async (tx) => {
        await ended(tx, id, reason);
        console.log(`已停用 withdrawn: ${id}`);
      }),
    );
}

/** Makes a system, on record. */
export async function added(tx: Tx, desk: SystemDesk, wanted: NewSystem) {
  const made = await addSystem(tx, desk, wanted);
  await record(tx, { ...about('add_system', made.id), area: made.lo });
  return made;
}

/** Gives a system another secret, on record. @throws Error when the days are no number from 0 to 30 */
export async function rotated(tx: Tx, { vault }: SystemDesk, id: string, days: number) {
  if (!Number.isInteger(days) || days < 0 || days > 30)
    throw new Error('--days 应为 0 至 30 · --days is a whole number from 0 to 30');
  const fresh = await rotateSecret(tx, vault, id, days);
  await record(tx, about('rotate_system_secret', id));
  return fresh;
}

/** Withdraws a system, on record. */
export async function ended(tx: Tx, id: string, reason: string): Promise<void> {
  await withdrawSystem(tx, id, reason);
  await record(tx, { ...about('withdraw_system', id), detail: reason });
}

const about = (action: Action, subject: string) => ({ action, category: 'system', subject });

const tell = (...words: string[]): void => {
  for (let at = 0; at < words.length; at += 2) console.log(`${words[at]}: ${words[at + 1]}`);
};

function lineOf(system: System): object {
  return {
    编号: system.id,
    名称: system.name,
    来源: system.sourceName,
    区域: system.area.name,
    数据项: system.items.length,
    推送: system.sending?.state ?? '',
    停用: system.endedAt?.slice(0, 10) ?? '',
  };
}

async function carryOut(
  as: string | undefined,
  work: (tx: Tx, desk: SystemDesk) => Promise<void>,
): Promise<void> {
  const config = readConfig(process.env);
  const installation = await openInstallation(config);
  try {
    const desk = { ...deskOf(installation.keys), networks: networksOf(config.webhookNetworks) };
    await asSecurity(installation.reach, systemClock, as, (tx) => work(tx, desk));
  } finally {
    await installation.leave();
  }
}

/** Runs `work` under a security administrator's post; problems become words in both languages. */
export function asSecurity<T>(
  reach: Pick<Reach, 'owner' | 'server'>,
  clock: Clock,
  as: string | undefined,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return inWords(asAdministrator(reach, clock, { role: 'security_admin', username: as }, work));
}

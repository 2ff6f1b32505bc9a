import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { FastifyInstance } from 'fastify';
import { loadDictionary } from '../../features/archive/dictionary.ts';
import { createApp } from '../app.ts';
import { systemClock } from '../clock.ts';
import { noFiles } from '../files/files.ts';
import { programVersion } from '../installation.ts';
import { archivePack } from './demo.ts';
import { type Asked, ask, doorOnly } from './reference/asking.ts';
import {
  contractNames,
  type Description,
  operationsOf,
  referenceText,
  sealedItems,
} from './reference/reference.ts';

const dictionary = () => loadDictionary(archivePack);

/** Runs `work` on the application without a database behind it. */
async function onApp<T>(work: (app: FastifyInstance) => T | Promise<T>): Promise<T> {
  const nothing = Buffer.alloc(32);
  const app = await createApp({
    database: doorOnly(),
    keys: { data: nothing, blind: nothing },
    clock: systemClock,
    files: noFiles,
    dictionary: dictionary(),
    version: programVersion(),
    demo: false,
    secureCookies: false,
    logLevel: 'silent',
  });
  try {
    await app.ready();
    return await work(app);
  } finally {
    await app.close();
  }
}

/** The API's description, made from the routes' schemas without a database. */
export function describeApi(): Promise<Description> {
  return onApp((app) => app.swagger() as unknown as Description);
}

/** Asks every operation as every role how far it lets them. @returns answers by operationId */
export function askApi(): Promise<Map<string, Asked>> {
  return onApp(async (app) => {
    const asked = new Map<string, Asked>();
    const items = sealedItems(dictionary());
    for (const operation of operationsOf(app.swagger() as unknown as Description))
      asked.set(operation.operationId ?? '', await ask(app, operation, items));
    return asked;
  });
}

/** The API's reference for people, docs/api.md. */
export async function apiReference(): Promise<string> {
  return referenceText(await describeApi(), await askApi(), await contractNames());
}

interface Options {
  format: 'json' | 'markdown';
  output?: string;
}

/** `minqing openapi [--format json|markdown] [--output FILE]` */
export function openapiCommand(program: Command): void {
  program
    .command('openapi')
    .description('接口说明 · print the description of the API')
    .addOption(
      new Option('--format <format>', '格式 · OpenAPI 3.1, or a reference to read')
        .choices(['json', 'markdown'])
        .default('json'),
    )
    .option('--output <file>', '写入文件 · write it to a file')
    .action(async ({ format, output }: Options) => {
      const text =
        format === 'markdown'
          ? await apiReference()
          : `${JSON.stringify(await describeApi(), null, 2)}\n`;
      if (output === undefined) process.stdout.write(text);
      else writeFileSync(output, text);
    });
}

import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { startServer } from '../main.ts';

/** `minqing start` */
export function startCommand(program: Command): void {
  program
    .command('start')
    .description(
      '启动 · start the database (or use DATABASE_URL), the API with the console, and the jobs; stops on SIGTERM and SIGINT',
    )
    .action(async () => {
      const server = await startServer(readConfig(process.env));
      await server.stopped;
    });
}

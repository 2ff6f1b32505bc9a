import { Command, CommanderError } from 'commander';
import { accountCommands } from './commands/account.ts';
import { areasCommand } from './commands/areas.ts';
import { demoCommand } from './commands/demo.ts';
import { openapiCommand } from './commands/openapi.ts';
import { startCommand } from './commands/start.ts';
import { programVersion } from './installation.ts';

/**
 * The `minqing` command: every administrative act.
 * @param argv the words after `minqing`
 * @returns the exit code
 */
export async function main(argv: string[]): Promise<number> {
  const program = new Command('minqing')
    .description(
      'Minqing 民情: archive, desk and table of a neighbourhood. Settings: PORT, HOST, MINQING_DATA, DATABASE_URL, MINQING_DEMO.',
    )
    .version(programVersion())
    .exitOverride();
  for (const add of [startCommand, areasCommand, demoCommand, accountCommands, openapiCommand])
    add(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    console.error(`错误 error: ${(error as Error).message}`);
    if (process.env.MINQING_LOG === 'debug') console.error(error);
    return 1;
  }
}

import { Command, CommanderError } from 'commander';
import { accountCommands } from './commands/account.ts';
import { areasCommand } from './commands/areas.ts';
import { auditCommands } from './commands/audit.ts';
import { backupCommands } from './commands/backup.ts';
import { demoCommand } from './commands/demo.ts';
import { gatherCommand } from './commands/gather.ts';
import { jobsCommands } from './commands/jobs.ts';
import { openapiCommand } from './commands/openapi.ts';
import { retentionCommand } from './commands/retention.ts';
import { staffCommands } from './commands/staff.ts';
import { startCommand } from './commands/start.ts';
import { programVersion } from './installation.ts';

const settings = `
设置 Settings, from the environment:
  PORT                    端口 port (8080)
  HOST                    监听地址 address to listen on (127.0.0.1)
  MINQING_DATA            数据目录 folder of the database and of keys.json (./data)
  DATABASE_URL            自备数据库 a PostgreSQL 18 of your own
  MINQING_S3_ENDPOINT     文件存到 S3 兼容存储 files in an S3-compatible store, by path (MINQING_DATA/files);
                          with MINQING_S3_BUCKET, MINQING_S3_KEY, MINQING_S3_SECRET, MINQING_S3_REGION (auto)
  MINQING_DEMO            0：不载入演示数据 no demo district
  MINQING_ROLE            web：只应答请求，worker：只执行任务 requests only, or jobs only (all)
  MINQING_JOBS            同时执行的任务数 jobs at once (3)
  MINQING_CONNECTIONS     数据库连接数 database connections (10)
  MINQING_SECURE_COOKIES  1：仅限 HTTPS behind TLS
  MINQING_TRUST_PROXY     前置代理的地址 addresses of proxies in front, whose X-Forwarded-For counts
  MINQING_SIGN_IN_LIMIT   每个来源地址每分钟登录失败上限 refused sign-ins an address may have in a minute (30)
  MINQING_OIDC_ISSUER     统一身份认证 provider of OpenID Connect; with it _CLIENT_ID, _CLIENT_SECRET and MINQING_URL,
                          and if wanted _LABEL, _CLAIM (preferred_username), _MFA
  MINQING_URL             本系统的网址 where this server is reached from outside
  MINQING_LOG             日志级别 level of the log (warn)
  MINQING_ARCHIVE         连续归档目录 folder of the continuous archive of the embedded database, on another disk
  MINQING_WITNESS         见证文件 file to which new seals of the audit are appended
`;

/**
 * The `minqing` command: every administrative act.
 * @param argv the words after `minqing`
 * @returns the exit code
 */
export async function main(argv: string[]): Promise<number> {
  const program = new Command('minqing')
    .description('民情 Minqing: the archive of every household, self-hosted')
    .addHelpText('after', settings)
    .version(programVersion())
    .exitOverride();
  for (const add of [
    startCommand,
    areasCommand,
    demoCommand,
    gatherCommand,
    accountCommands,
    staffCommands,
    auditCommands,
    backupCommands,
    jobsCommands,
    retentionCommand,
    openapiCommand,
  ])
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

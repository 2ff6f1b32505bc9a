import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type pg from 'pg';
import { importAreas } from '../../features/area/import.ts';
import { withClient } from '../database/connect.ts';
import { programFolder } from '../installation.ts';
import { addHolder } from './account.ts';
import { openAreas } from './areas.ts';

/**
 * Asks on the terminal for the tree of areas and the first security administrator, who gives all
 * further accounts their posts. Without a terminal it prints the two commands that do the same.
 */
export async function firstAdministrator(owner: pg.ClientConfig): Promise<void> {
  if (!process.stdin.isTTY) {
    console.log(`尚无账号 · there is no account yet. Run, in this order:
  npx minqing areas import FILE
  npx minqing account add NAME --name 姓名 --role security_admin --area CODE`);
    return;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    await withClient(owner, async (client) => {
      const { rowCount } = await client.query('select 1 from area limit 1');
      if (!rowCount) {
        const example = join(programFolder, 'packs/areas/quzhou.csv');
        const file = await terminal.question(
          `区划文件 areas file (CSV code,name,parent) [${example}]: `,
        );
        await importAreas(owner, await openAreas(file || example));
      }
      const area = await terminal.question('区划代码 area code of the administrator, e.g. 3308: ');
      const username = await terminal.question('用户名 user name: ');
      const name = await terminal.question('姓名 name: ');
      const password = await terminal.question('密码 password (12+): ');
      await addHolder(
        client,
        { username, name, role: 'security_admin', area, password },
        new Date(),
      );
    });
  } finally {
    terminal.close();
  }
}

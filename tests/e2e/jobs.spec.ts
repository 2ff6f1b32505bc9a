import AxeBuilder from '@axe-core/playwright';
import type pg from 'pg';
import { withClient } from '../../server/database/connect.ts';
import { newId } from '../../server/ids.ts';
import { panel } from './support/console.ts';
import { expect, test, testNow } from './support/test.ts';

/** A job of the village's cadre that waits for a worker, of which this site has none. */
async function queueJob(owner: pg.ClientConfig, done: number, total: number): Promise<void> {
  await withClient(owner, (client) =>
    client.query(
      `with holder as (
         select a.id as account, p.id as post, p.role, p.lo, p.hi from account a join post p on p.account = a.id
          where a.username = 'village'),
       made as (
         insert into job (id, kind, account, post, role, lo, hi, done, total, due_at, created_at)
         select $1, 'housekeeping', account, post, role, lo, hi, $2, $3, $4, $4 from holder returning id, account, post)
       insert into job_content (job, account, post, input) select id, account, post, '' from made`,
      [newId(), done, total, testNow],
    ),
  );
}

test('a job is seen in the header and on its page, paused, resumed and cancelled', async ({
  page,
  signInAs,
  otherBrowser,
  site,
}) => {
  await signInAs('village');
  await page.goto('/jobs');
  await expect(panel(page, '进行中')).toContainText('没有进行中的任务');
  await queueJob(site.owner, 300, 1200);

  await page.goto('/');
  await page.getByRole('link', { name: '1 个任务未完成，进度 25%' }).click();
  const live = panel(page, '进行中').getByRole('listitem', { name: '日常清理' });
  await expect(live).toContainText('排队中');
  await expect(live).toContainText('300 / 1,200');
  await expect(live.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '25');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await live.getByRole('button', { name: '暂停' }).click();
  await expect(live).toContainText('已暂停');
  await live.getByRole('button', { name: '继续' }).click();
  await expect(live).toContainText('排队中');

  const other = await otherBrowser('village2');
  await other.goto('/jobs');
  await expect(panel(other, '进行中')).toContainText('没有进行中的任务');

  await live.getByRole('button', { name: '取消任务' }).click();
  await page.getByRole('tooltip').getByRole('button', { name: '不取消' }).click();
  await expect(live).toContainText('排队中');
  await live.getByRole('button', { name: '取消任务' }).click();
  await page.getByRole('tooltip').getByRole('button', { name: '取消任务' }).click();
  const ended = panel(page, '已结束').getByRole('listitem').first();
  await expect(ended).toContainText('已取消');
  await expect(live).toHaveCount(0);
  await expect(page.getByRole('link', { name: /个任务未完成/ })).toHaveCount(0);
});

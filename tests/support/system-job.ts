import { createVault } from '../../server/crypto.ts';
import { newId } from '../../server/ids.ts';
import { sealJson } from '../../server/jobs/content.ts';
import type { TestApp } from './app.ts';

/** Queues a job of the house and runs it to its end. @returns its state then */
export async function runSystemJob(
  t: TestApp,
  kind: string,
  input: object = {},
): Promise<string | undefined> {
  const id = newId(t.clock.now.getTime());
  await t.sql(
    `with made as (insert into job (id, kind, due_at, created_at) values ($1, $2, $3, $3) returning id)
     insert into job_content (job, input) select id, $4 from made`,
    [id, kind, t.clock.now, sealJson(createVault(t.keys), input)],
  );
  return t.worker().runOne(id);
}

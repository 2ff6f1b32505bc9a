import pg from 'pg';
import { closedLoop } from './loop.ts';
import { type Statement, valuesOf } from './recorder.ts';

/** What the bare process is to run: for each turn the statement of one request. */
export interface BareTask {
  reach: pg.ClientConfig;
  lanes: number;
  seconds: number;
  requests: Statement[];
}

// The same SQL by the same driver and as many connections, from a bare process: as the owner, so without
// row security; without HTTP, sessions and rights.
process.on('message', async (task: BareTask) => {
  const clients = await Promise.all(
    Array.from({ length: task.lanes }, async () => {
      const client = new pg.Client({ ...task.reach, pipeline: true } as pg.ClientConfig);
      await client.connect();
      await client.query('set synchronous_commit = off');
      return client;
    }),
  );
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    if (!names.has(text)) names.set(text, `b${names.size}`);
    return names.get(text) ?? '';
  };
  const run = await closedLoop(task.lanes, task.seconds, async (lane, turn) => {
    const statement = task.requests[(turn * task.lanes + lane) % task.requests.length];
    if (!statement) return false;
    const answer = await clients[lane]?.query({
      name: nameOf(statement.text),
      text: statement.text,
      values: valuesOf(statement),
    });
    return answer?.rowCount === 1;
  });
  await Promise.all(clients.map((client) => client.end()));
  process.send?.(run);
});
process.send?.('ready');

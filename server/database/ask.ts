import type pg from 'pg';

/**
 * Runs a query. Not by the driver's own promise: what hangs on that keeps the rows of the answer in memory until the old
 * generation is collected, and a list read page by page grows by all its pages. An error's trace leads to who asked.
 */
export async function ask<R extends pg.QueryResultRow>(
  client: pg.ClientBase,
  query: pg.QueryConfig,
): Promise<pg.QueryResult<R>> {
  try {
    return await new Promise((resolve, reject) => {
      client.query<R>(query, (error, result) => (error ? reject(error) : resolve(result)));
    });
  } catch (error) {
    Error.captureStackTrace(error as Error);
    throw error;
  }
}

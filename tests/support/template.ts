import { loadDemoDistrict } from '../../server/commands/demo.ts';
import { migratedDatabase, startTestCluster } from './cluster.ts';

/** The day on which all tests take place. */
export const testNow = new Date('2026-06-15T02:00:00Z');

export const templateName = 'minqing_template';

/** What a test file needs to clone the template; plain data, since it crosses processes. */
export interface TemplateReach {
  port: number;
  folder: string;
}

/** A cluster with a migrated database that holds the demo district: the one fictional district of tests and demo. */
export async function makeTemplate(): Promise<{ reach: TemplateReach; stop: () => Promise<void> }> {
  const cluster = await startTestCluster();
  try {
    const owner = await migratedDatabase(cluster, templateName);
    await loadDemoDistrict(owner, cluster.keys, testNow);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return { reach: { port: cluster.port, folder: cluster.folder }, stop: cluster.stop };
}

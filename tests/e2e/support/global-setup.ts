import { startSite } from './site.ts';

/** Starts one site for the whole run; the specs find it by MINQING_E2E_URL. */
export default async function setup(): Promise<() => Promise<void>> {
  const site = await startSite();
  process.env.MINQING_E2E_URL = site.url;
  return site.stop;
}

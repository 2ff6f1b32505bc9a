import { startSite } from './site.ts';

/** Starts one site for the whole run; the specs find it by MINQING_E2E_URL, its database by MINQING_E2E_OWNER. */
export default async function setup(): Promise<() => Promise<void>> {
  const site = await startSite();
  process.env.MINQING_E2E_URL = site.url;
  process.env.MINQING_E2E_OWNER = JSON.stringify(site.owner);
  return site.stop;
}

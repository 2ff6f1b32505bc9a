import { makeTemplate } from '../../support/template.ts';

/** Makes the template for the whole run; each of Playwright's workers starts a site of its own on a clone of it. */
export default async function setup(): Promise<() => Promise<void>> {
  const { reach, stop } = await makeTemplate();
  process.env.MINQING_E2E_TEMPLATE = JSON.stringify(reach);
  return stop;
}

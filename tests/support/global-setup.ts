import type { TestProject } from 'vitest/node';
import { makeTemplate } from './template.ts';

/** Starts one PostgreSQL for the whole run and makes the template that test files clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = await makeTemplate();
  project.provide('cluster', template.reach);
  return template.stop;
}

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: import('./template.ts').TemplateReach;
  }
}

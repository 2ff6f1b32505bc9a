import type { BrowserContext } from '@playwright/test';

/** What a browser complained of while a test ran. */
export interface BrowserLog {
  /** Errors and warnings of the console, uncaught exceptions, breaches of the content policy. */
  complaints(): string[];
}

const refusal = /^Failed to load resource: the server responded with a status of (\d{3})/;

/** Refusals that are no fault: nobody is signed in yet, or there is no draft to go on with. */
const usual: readonly [status: string, path: string][] = [
  ['401', '/api/v1/session'],
  ['404', '/api/v1/drafts/'],
];

/**
 * Listens to every page of a context.
 * @param refusals answers that the test provokes, such as 404: the browser logs each of them
 */
export function listen(context: BrowserContext, refusals: readonly number[]): BrowserLog {
  const heard: string[] = [];
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const status = refusal.exec(message.text())?.[1];
    const path = new URL(message.location().url || 'about:blank').pathname;
    if (status && refusals.includes(Number(status))) return;
    if (usual.some(([code, start]) => code === status && path.startsWith(start))) return;
    // WebGL drawn without a graphics card is slow, and says so at every screenshot.
    if (message.text().includes('GPU stall due to ReadPixels')) return;
    heard.push(`${message.type()}: ${message.text()} ${path}`);
  });
  context.on('weberror', (error) => heard.push(`uncaught: ${error.error().message}`));
  return { complaints: () => heard };
}

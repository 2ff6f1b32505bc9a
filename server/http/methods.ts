import type { FastifyInstance } from 'fastify';

/**
 * Keeps which methods each path knows, so that another one is answered 405 and not 404 (RFC 9110, 15.5.6).
 * Call before the routes are made.
 * @returns the methods of a path, sorted; none for an unknown path
 */
export function methodsKept(app: FastifyInstance): (path: string) => string[] {
  const kept = new Map<string, { path: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const entry = kept.get(url) ?? { path: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) entry.methods.add(one);
    kept.set(url, entry);
  });
  return (path) => {
    const methods = [...kept.values()].filter((entry) => entry.path.test(path));
    return [...new Set(methods.flatMap((entry) => [...entry.methods]))].sort();
  };
}

/** `/residents/:id` as a regular expression. */
function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[^\w-]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}

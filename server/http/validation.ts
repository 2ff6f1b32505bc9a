import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.ts';

/** Deeper than any form; what is nested without end would exhaust whatever walks through it. */
const deepest = 30;

/**
 * Query and path values arrive as text and are read as the type the schema names; bodies are JSON
 * and taken as they are, so that a number sent where a text is due is told, not turned.
 */
export function validateStrictly(app: FastifyInstance): void {
  const reading = withFormats(
    new Ajv({
      coerceTypes: 'array',
      useDefaults: true,
      removeAdditional: false,
      allErrors: true,
      strict: false,
    }),
  );
  const exact = withFormats(
    new Ajv({ useDefaults: true, removeAdditional: false, allErrors: true, strict: false }),
  );
  app.removeContentTypeParser('text/plain');
  app.addHook('preValidation', async ({ body }) => {
    if (isDeeper(body, deepest))
      throw new Problem('bad-request', {
        detail: {
          zh: `请求正文嵌套过深，最多 ${deepest} 层`,
          en: `The body is nested too deep: at most ${deepest} levels`,
        },
      });
  });
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? exact : reading).compile(schema as object),
  );
}

function withFormats(ajv: Ajv): Ajv {
  // CommonJS default export seen through an ES module.
  (addFormats as unknown as (ajv: Ajv, formats: string[]) => void)(ajv, ['date-time', 'uuid']);
  ajv.addFormat('date', isDay);
  return ajv;
}

/** A day that exists, as YYYY-MM-DD; the year 0 there is not, neither in the calendar nor in PostgreSQL. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Goes through a value level by level, without recursion. */
function isDeeper(value: unknown, most: number): boolean {
  const isNested = (one: unknown): boolean => typeof one === 'object' && one !== null;
  let level = [value].filter(isNested);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === most) return true;
    level = level.flatMap((one) => Object.values(one as object).filter(isNested));
  }
  return false;
}

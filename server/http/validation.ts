import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';

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
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? exact : reading).compile(schema as object),
  );
}

function withFormats(ajv: Ajv): Ajv {
  // CommonJS default export seen through an ES module.
  (addFormats as unknown as (ajv: Ajv, formats: string[]) => void)(ajv, [
    'date',
    'date-time',
    'uuid',
  ]);
  return ajv;
}

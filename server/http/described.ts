import Type from 'typebox';
import { type ProblemKey, problems } from '../errors.ts';

const Key = Type.String({
  description: 'Makes a repeated call count once: 1 to 100 visible characters',
});

/** Headers of a route that goes through `write`. They are read there; here they are described. */
export const WritingHeaders = Type.Object({ 'idempotency-key': Type.Optional(Key) });

/** Headers of a route that edits a version: without If-Match it answers `version-needed`. */
export const EditingHeaders = Type.Object({
  'idempotency-key': Type.Optional(Key),
  'if-match': Type.Optional(
    Type.String({ description: 'The ETag of what was read, such as "3"; needed' }),
  ),
});

/** The document of a problem (RFC 9457), as server/http/problems.ts sends it; added to the app by its $id. */
export const ProblemDocument = Type.Object(
  {
    type: Type.String({ description: '/problems/ and the key' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ field: Type.String(), code: Type.String(), message: Type.String() }),
      ),
    ),
  },
  { $id: 'Problem' },
);

const content = { 'application/problem+json': { schema: { $ref: 'Problem#' } } };

/** Responses for problems that are an operation's own, by status; the description lists their keys. */
export function refusals(...keys: ProblemKey[]): Record<number, object> {
  const byStatus = Map.groupBy(keys, (key) => problems[key].status);
  return Object.fromEntries(
    [...byStatus].map(([status, own]) => [status, { description: own.join(', '), content }]),
  );
}

/** Adds to a route's description that any other answer is a problem. */
export function withProblems<Schema extends { response?: unknown }>(schema: Schema): Schema {
  const any = { description: 'Any other answer is a problem', content };
  return { ...schema, response: { ...(schema.response as object), default: any } };
}

const words: Record<string, string> = { 200: 'What was asked for', 201: 'Made', 204: 'Done' };

interface Described {
  paths?: Record<string, Record<string, { responses?: Record<string, { description?: string }> }>>;
}

/** Gives the good answers of an OpenAPI document a description in place of the generator's. */
export function withWords<Document extends object>(document: Document): Document {
  for (const methods of Object.values((document as Described).paths ?? {}))
    for (const { responses = {} } of Object.values(methods))
      for (const [status, response] of Object.entries(responses))
        response.description = words[status] ?? response.description;
  return document;
}

/** Turns the `form` of a route that takes a file into what OpenAPI calls it; Fastify itself does not read it. */
export function withForm<Schema extends object>(schema: Schema): Schema {
  if (!('form' in schema)) return schema;
  const { form, ...rest } = schema as Schema & { form: object };
  return { ...rest, consumes: ['multipart/form-data'], body: form } as unknown as Schema;
}

/** An answer that is a file. */
export const binary = (type: string, description: string) => ({
  description,
  content: { [type]: { schema: { type: 'string', format: 'binary' } } },
});

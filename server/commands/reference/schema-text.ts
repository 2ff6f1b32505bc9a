/** As much of JSON Schema as the routes use. */
export interface Schema {
  type?: string | string[];
  format?: string;
  pattern?: string;
  description?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  minItems?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
}

/** Schemas that have a name, by their one form (see `formOf`). */
export type Names = ReadonlyMap<string, string>;

/** The one form of a schema: the contract's and the OpenAPI document's are the same text. */
export function formOf(schema: unknown): string {
  return JSON.stringify(schema, (_key, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { const: only, patternProperties, description: _words, ...rest } = value as Schema;
    const plain = {
      ...rest,
      ...(only === undefined ? {} : { enum: [only] }),
      ...(patternProperties ? { additionalProperties: Object.values(patternProperties)[0] } : {}),
    };
    return Object.fromEntries(Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** A schema in the notation of TypeScript: `{ id: uuid, tags: string[] }`. */
export function textOf(schema: Schema, names: Names): string {
  return names.get(formOf(schema)) ?? ownText(schema, names);
}

/** The same without its own name: for the place where the name is explained. */
export function ownText(schema: Schema, names: Names): string {
  const inner = (one: Schema): string => textOf(one, names);
  if (schema.const !== undefined) return `'${schema.const}'`;
  if (schema.enum) return schema.enum.map((one) => `'${one}'`).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(inner).join(' | ');
  if (schema.allOf) return schema.allOf.map(inner).join(' & ');
  if (schema.type === 'array') {
    const of = inner(schema.items ?? {});
    return /[|&]/.test(of) && !/^\{.*\}$/.test(of) ? `(${of})[]` : `${of}[]`;
  }
  if (schema.properties) return `{ ${fieldsOf(schema, names).join(', ')} }`;
  const rest = Object.values(schema.patternProperties ?? {})[0] ?? schema.additionalProperties;
  if (typeof rest === 'object') return `{ [key]: ${inner(rest)} }`;
  return scalar(schema);
}

/** The fields of an object, each as `name: type` or `name?: type`. */
export function fieldsOf(schema: Schema, names: Names): string[] {
  return Object.entries(schema.properties ?? {}).map(
    ([name, field]) =>
      `${name}${schema.required?.includes(name) ? '' : '?'}: ${textOf(field, names)}`,
  );
}

function scalar(schema: Schema): string {
  if (schema.format) return schema.format;
  if (schema.pattern) return `/${schema.pattern}/`;
  const range = rangeOf(schema);
  return `${[schema.type ?? 'any'].flat().join(' | ')}${range === '' ? '' : ` ${range}`}`;
}

function rangeOf({ type, minimum, maximum, minLength, maxLength }: Schema): string {
  const [least, most] = type === 'string' ? [minLength, maxLength] : [minimum, maximum];
  if (least === undefined) return most === undefined ? '' : `≤ ${most}`;
  return most === undefined ? `≥ ${least}` : `${least}–${most}`;
}

/** A value that fits, as plain as may be: what optional fields and empty lists leave out, it leaves out. */
export function sampleOf(schema: Schema, words: readonly string[]): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {}, words);
  if (schema.allOf)
    return Object.assign({}, ...schema.allOf.map((one) => sampleOf(one, words) as object));
  if (schema.type === 'object') {
    const needed = Object.entries(schema.properties ?? {}).filter(([name]) =>
      schema.required?.includes(name),
    );
    return Object.fromEntries(needed.map(([name, field]) => [name, sampleOf(field, words)]));
  }
  if (schema.type === 'array')
    return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items ?? {}, words));
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  return sampleText(schema, words);
}

function sampleText({ format, pattern, minLength = 0 }: Schema, words: readonly string[]): string {
  if (format === 'uuid') return '01970000-0000-7000-8000-000000000000';
  if (format === 'date') return '2026-06-15';
  if (format === 'date-time') return '2026-06-15T02:00:00Z';
  if (pattern === undefined) return 'x'.repeat(Math.max(1, minLength));
  const found = words.find((word) => new RegExp(pattern, 'u').test(word));
  if (found === undefined) throw new Error(`no sample word fits ${pattern}; add one`);
  return found;
}

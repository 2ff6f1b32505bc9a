import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shapes } from '../../../features/archive/categories.ts';
import type { Dictionary } from '../../../features/archive/dictionary.ts';
import { roles } from '../../../features/identity/roles.ts';
import { problems } from '../../errors.ts';
import { programFolder } from '../../installation.ts';
import type { Asked, Operation } from './asking.ts';
import { fieldsOf, formOf, type Names, ownText, type Schema, textOf } from './schema-text.ts';

/** The OpenAPI document, as much of it as the reference reads. */
export interface Description {
  info: { title: string; version: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
}

const base = '/api/v1';

/** Every operation of the document. */
export function operationsOf(description: Description): Operation[] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
  );
}

/** Sealed items of each category, by the last part of its path. */
export function sealedItems(dictionary: Dictionary): Record<string, string[]> {
  return Object.fromEntries(
    Object.values(shapes).map(({ key, path }) => [
      path.slice(1),
      dictionary.categories[key].items
        .filter(({ group }) => group !== 'file')
        .map((item) => item.key),
    ]),
  );
}

/** The names that the contracts give their schemas; the plainest ones go without. */
export async function contractNames(): Promise<Names> {
  const names = new Map<string, string>();
  for (const feature of readdirSync(join(programFolder, 'features')).sort()) {
    const file = join(programFolder, 'features', feature, 'contract.ts');
    const contract = await import(file).catch(() => ({}));
    for (const [name, schema] of Object.entries(contract as Record<string, unknown>)) {
      if (typeof schema !== 'object' || schema === null) continue;
      const form = formOf(schema);
      if (form.length > 60 && !names.has(form)) names.set(form, name);
    }
  }
  return names;
}

/** The API's reference in Markdown. */
export function referenceText(
  description: Description,
  asked: ReadonlyMap<string, Asked>,
  names: Names,
): string {
  const operations = operationsOf(description);
  const words = new Map(description.tags?.map((tag) => [tag.name, tag.description ?? '']));
  const tags = new Set([...words.keys(), ...operations.flatMap(({ tags: own = [] }) => own)]);
  const parts = [...tags].map((tag) => {
    const own = operations.filter((operation) => operation.tags?.includes(tag));
    return [`## ${tag}`, words.get(tag) ?? '', ...alike(own, asked, names)].join('\n\n');
  });
  return `${[intro(description), ...parts, shapesText(operations, names)].join('\n\n')}\n`;
}

function intro({ info }: Description): string {
  const rows = Object.entries(problems).map(
    ([key, { status, zh, en }]) => `| ${status} | \`${key}\` | ${zh} · ${en} |`,
  );
  return `# API of ${info.title} ${info.version}

Generated from the code by \`npm run generate\`; do not edit. The same for machines: \`GET ${base}/openapi.json\` or \`npx minqing openapi\`.

- All paths begin with \`${base}\`. Bodies are JSON, in and out; days are \`YYYY-MM-DD\` in Asia/Shanghai, instants ISO 8601 in UTC, ids UUIDv7.
- **Signing in** sets the cookie \`minqing_session\`; a call acts under one post, and sees what that post sees. What lies outside is answered \`not-found\`, as if it were not there.
- **Who** names the roles that are let through; it was found by asking each route as each role. Which records and items they then see is decided by row security: see [features/identity](../features/identity/README.md).
- **Idempotency-Key** (1 to 100 visible characters): the same call with the same key is done once and answered alike, for a week.
- **If-Match** holds the \`ETag\` of the file that was read.
- **Lists** answer \`{ items, next, total }\`; \`next\` is the \`cursor\` of the next page, null at the end.
- **Problems** are RFC 9457 documents in Chinese, or English when \`Accept-Language\` asks for it first: \`{ type: '/problems/<key>', title, status, detail?, errors?: { field, code, message }[] }\`. With an operation stand those that are its own; \`bad-request\`, \`invalid\`, \`not-signed-in\`, \`no-post\`, \`forbidden\`, \`not-found\` may come from any.

| status | problem | |
| --- | --- | --- |
${rows.join('\n')}`;
}

interface Entry {
  heads: string[];
  /** Of several operations in one entry: which answers with what. */
  answers: string[];
  lines: string[];
}

/** Operations that differ by nothing but path and answer (the five categories) share an entry. */
function alike(
  operations: readonly Operation[],
  asked: ReadonlyMap<string, Asked>,
  names: Names,
): string[] {
  const entries = new Map<string, Entry>();
  for (const operation of operations) {
    const lines = linesOf(operation, asked.get(operation.operationId ?? ''), names);
    const key = [operation.method, ...lines].join('\n');
    const entry = entries.get(key) ?? { heads: [], answers: [], lines };
    const path = operation.path.replace(base, '').replaceAll(/\{(\w+)\}/g, ':$1');
    entry.heads.push(
      `### ${operation.method.toUpperCase()} ${path} · ${operation.operationId ?? ''}`,
    );
    entry.answers.push(answerOf(operation, names));
    entries.set(key, entry);
  }
  return [...entries.values()].map(entryText);
}

function entryText({ heads, answers, lines: [summary = '', ...lines] }: Entry): string {
  const same = new Set(answers).size === 1;
  const answer = same ? (answers[0] ?? '') : answers.join('; ');
  return [heads.join('\n'), summary, [...lines, `- answers ${answer}`].join('\n')].join('\n\n');
}

function linesOf(operation: Operation, asked: Asked | undefined, names: Names): string[] {
  const body = operation.requestBody?.content['application/json']?.schema;
  const own = problemsOf(operation, asked);
  return [
    operation.summary ?? '',
    `- who: ${whoText(asked)}`,
    ...parametersText(operation, names),
    ...(body ? [`- body: \`${textOf(body, names)}\``] : []),
    ...(own.length > 0 ? [`- problems: ${own.map((key) => `\`${key}\``).join(', ')}`] : []),
  ];
}

function parametersText({ parameters = [] }: Operation, names: Names): string[] {
  const shown = (['path', 'query'] as const).flatMap((place) => {
    const own = parameters.filter((one) => one.in === place);
    if (own.length === 0) return [];
    const text = own.map(({ name, required, description, schema }) => {
      const otherwise = schema.default === undefined ? '' : ` = ${schema.default}`;
      const type = `\`${name}${required ? '' : '?'}: ${textOf(schema, names)}${otherwise}\``;
      return description && !names.has(formOf(schema)) ? `${type} (${lower(description)})` : type;
    });
    return [`- ${place}: ${text.join(', ')}`];
  });
  const headers = parameters.filter((one) => one.in === 'header').map(({ name }) => titled(name));
  return headers.length > 0 ? [...shown, `- headers: ${headers.join(', ')}`] : shown;
}

/** if-match as If-Match. */
const titled = (name: string): string => name.replace(/(^|-)\w/g, (letter) => letter.toUpperCase());

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function answerOf({ responses }: Operation, names: Names): string {
  return Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, { content }]) => {
      const schema = content?.['application/json']?.schema;
      return schema ? `${status} \`${textOf(schema, names)}\`` : status;
    })
    .join(', ');
}

const archiveRoles = Object.entries(roles)
  .filter(([, { admin }]) => admin === null)
  .map(([key]) => key);

function whoText(asked: Asked | undefined): string {
  if (asked?.signed) return 'another system, by its signature ([interface.md](interface.md))';
  if (!asked?.signedIn) return 'anyone';
  if (asked.who.includes('none')) return 'whoever is signed in';
  const who = asked.who as string[];
  if (who.length === archiveRoles.length && archiveRoles.every((role) => who.includes(role)))
    return 'every post but the three administrators’';
  return who.length === 0 ? 'nobody' : who.map((role) => `\`${role}\``).join(', ');
}

/** Problems of this operation: those it declares, and those that asking brought to light. */
function problemsOf({ responses }: Operation, asked: Asked | undefined): string[] {
  const declared = Object.entries(responses)
    .filter(([status]) => /^[45]/.test(status))
    .flatMap(([, { description = '' }]) => description.split(', '));
  return [
    ...new Set([
      ...declared,
      ...(asked?.purpose ? ['purpose-required'] : []),
      ...(asked?.versioned ? ['version-needed', 'lost-update'] : []),
      ...(asked?.idempotent ? ['key-reused'] : []),
    ]),
  ];
}

/** The named schemas that the operations use, each once. */
function shapesText(operations: readonly Operation[], names: Names): string {
  const used = new Map<string, Schema>();
  const walk = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const name = names.get(formOf(schema));
    if (name !== undefined) used.set(name, schema as Schema);
    for (const inner of Object.values(schema)) walk(inner);
  };
  walk(operations);
  const texts = [...used]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => shapeText(name, schema, names));
  return `## Shapes\n\nA field marked \`?\` may be left out.\n\n${texts.join('\n\n')}`;
}

function shapeText(name: string, schema: Schema, names: Names): string {
  const words = schema.description ? ` ${schema.description}.` : '';
  const notes = Object.entries(schema.properties ?? {}).flatMap(([field, own]) =>
    own.description && !names.has(formOf(own)) ? [`- \`${field}\`: ${lower(own.description)}`] : [],
  );
  const body = `\`\`\`ts\n${laidOut(ownText(schema, names), schema, names, '')}\n\`\`\``;
  return [`**${name}**${words}`, body, ...notes].join('\n');
}

const widest = 98;

/** A schema's text on one line where it fits, else an object's fields one after the other in as few lines as may be. */
function laidOut(text: string, schema: Schema, names: Names, indent: string): string {
  const object = objectOf(schema, names);
  if (indent.length + text.length <= widest || !object) return text;
  const [before = '', after = ''] = text.split(ownText(object, names));
  const deeper = `${indent}  `;
  const fields = fieldsOf(object, names).map((field, at) => {
    const inner = Object.values(object.properties ?? {})[at] ?? {};
    const [head = ''] = field.split(': ', 1);
    return `${head}: ${laidOut(field.slice(head.length + 2), inner, names, deeper)}`;
  });
  return `${before}{\n${wrapped(fields, deeper)}\n${indent}}${after}`;
}

/** The nameless object that a schema is, holds in a list, or keeps under keys. */
function objectOf(schema: Schema, names: Names): Schema | undefined {
  if (schema.properties) return schema;
  const rest = Object.values(schema.patternProperties ?? {})[0] ?? schema.additionalProperties;
  const inner = [
    schema.items,
    typeof rest === 'object' ? rest : undefined,
    ...(schema.anyOf ?? []),
  ];
  return inner.find((one) => one?.properties && !names.has(formOf(one)));
}

function wrapped(fields: readonly string[], indent: string): string {
  const lines: string[] = [];
  for (const field of fields) {
    const last = lines.at(-1);
    const joins = last && !`${last}${field}`.includes('\n') && last.length + field.length < widest;
    if (joins) lines[lines.length - 1] = `${last}, ${field}`;
    else lines.push(`${indent}${field}`);
  }
  return lines.join(',\n');
}

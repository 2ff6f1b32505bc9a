import type { Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import type { Jobs } from '../../../server/jobs/start.ts';
import { shapes } from '../categories.ts';
import { type Category, categories, type Dictionary, type Item } from '../dictionary/types.ts';
import { toldOf } from './code-uses.ts';
import type { CodeDefinition, ItemDefinition, ItemFigures } from './contract.ts';
import type { CountyDictionaries } from './county-dictionaries.ts';
import { fieldErrorOf, fromJson, itemFrom, packItemOf, tableFrom } from './definition.ts';
import { imported } from './exchange.ts';
import { inUse, overlay } from './overlay.ts';
import { itemsRecount, rulesOf } from './recount.ts';
import { needsRecount, refusalsOf, tableRefusalsOf } from './rules.ts';
import {
  beginChange,
  type Change,
  figuresOf,
  inForceOf,
  noteChanges,
  servedCounty,
} from './store.ts';
import { codesCounted, tagsReading } from './touches.ts';

/** What changing a county's dictionary needs beside the transaction. */
export interface ItemsDesk {
  dictionaries: CountyDictionaries;
  jobs: Jobs;
}

/** Who changes, upon which version, and why. */
export interface Act {
  code: string;
  version: number;
  name: string;
  reason: string;
}

/**
 * Adds or changes an item of a county, or goes back to the pack.
 * @throws Problem invalid with the checks of the pack and what a county may not make of an item, not-found, lost-update
 */
export function changeItem(
  tx: Tx,
  desk: ItemsDesk,
  act: Act,
  category: Category,
  key: string,
  definition: Static<typeof ItemDefinition> | null,
): Promise<{ version: number; job: string | null }> {
  return change(tx, desk, act, (pack, defined) => {
    if (definition === null) {
      const packed = pack.item(category, key);
      if (!packed) throw new Problem('not-found');
      // What the county has raised stays raised.
      const errors = refusalsOf(category, packed, defined.item(category, key), packed);
      if (errors.length > 0) throw new Problem('invalid', { errors });
      return [{ kind: 'item', category, key, definition: null }];
    }
    if (definition.key !== key)
      throw new Problem('invalid', {
        errors: [
          {
            field: 'key',
            code: 'fixed',
            message: { zh: '项目的键不能改', en: 'the key of an item stays' },
          },
        ],
      });
    const item = checkedItem(pack, defined, category, definition);
    return [{ kind: 'item', category, key, definition: packItemOf(item) }];
  });
}

/** Changes the codes of a table that is no standard's. @throws as `changeItem` */
export function changeTable(
  tx: Tx,
  desk: ItemsDesk,
  act: Act,
  name: string,
  codes: Static<typeof CodeDefinition>[] | null,
): Promise<{ version: number; job: string | null }> {
  return change(tx, desk, act, (pack, defined) => {
    const current = defined.codes[name];
    const packed = pack.codes[name];
    if (!current || !packed) throw new Problem('not-found');
    // Back to the pack a code that the county added would go away.
    const table = { ...current, codes: codes ?? packed.codes };
    const { value, faults } = fromJson(table, tableFrom);
    const errors = [...faults.map(fieldErrorOf), ...(value ? tableRefusalsOf(current, value) : [])];
    if (errors.length > 0) throw new Problem('invalid', { errors });
    return [
      {
        kind: 'codes',
        category: null,
        key: name,
        definition: codes === null ? null : { ...table },
      },
    ];
  });
}

/** Takes over what another county handed on, all of it or nothing. @throws as `changeItem`, faults by line */
export function importItems(
  tx: Tx,
  desk: ItemsDesk,
  act: Act,
  yaml: string,
): Promise<{ version: number; job: string | null }> {
  return change(tx, desk, act, (pack, defined) => {
    const { changes, faults } = imported(yaml, pack, defined);
    if (faults.length === 0) return changes;
    throw new Problem('invalid', {
      errors: faults.map(({ line, message }) => ({
        field: `yaml.${line}`,
        code: 'definition',
        message: { zh: `第 ${line} 行：${message.zh}`, en: `line ${line}: ${message.en}` },
      })),
    });
  });
}

async function change(
  tx: Tx,
  { dictionaries, jobs }: ItemsDesk,
  act: Act,
  changesOf: (pack: Dictionary, defined: Dictionary) => Change[],
): Promise<{ version: number; job: string | null }> {
  const { county } = await servedCounty(tx, act.code);
  await beginChange(tx, county, act.version);
  const { dictionary: before } = await dictionaries.defined(tx, county);
  const changes = changesOf(dictionaries.pack, before);
  const version = await noteChanges(tx, county, act.version, changes, act);
  const after = overlay(dictionaries.pack, await inForceOf(tx, county));
  let job: string | null = null;
  for (const category of categories) {
    const touched = changes.some(
      (one) =>
        one.category === category &&
        needsRecount(before.item(category, one.key), after.item(category, one.key)),
    );
    if (!touched) continue;
    const rules = rulesOf(inUse(after), category);
    job = await jobs.start(tx, itemsRecount, { county, version, records: 0, ...rules });
  }
  return { version, job };
}

/** The item, checked as the pack's are and against what a county may not make of it. @throws Problem invalid */
function checkedItem(
  pack: Dictionary,
  defined: Dictionary,
  category: Category,
  definition: Static<typeof ItemDefinition>,
): Item {
  const { value: item, faults } = fromJson(packItemOf(definition as Partial<Item>), (entry) =>
    itemFrom(entry, category, defined),
  );
  const errors = faults.map(fieldErrorOf);
  if (item) {
    const current = defined.item(category, item.key);
    errors.push(...refusalsOf(category, pack.item(category, item.key), current, item));
  }
  if (errors.length > 0 || !item) throw new Problem('invalid', { errors });
  return item;
}

/**
 * What a change would touch, in figures; nothing is written.
 * @throws Problem invalid, not-found
 */
export async function checkItem(
  tx: Tx,
  { dictionaries }: ItemsDesk,
  code: string,
  category: Category,
  definition: Static<typeof ItemDefinition>,
): Promise<Static<typeof ItemFigures>> {
  const { county } = await servedCounty(tx, code);
  const { dictionary: defined } = await dictionaries.defined(tx, county);
  const item = checkedItem(dictionaries.pack, defined, category, definition);
  const before = defined.item(category, item.key);
  const figures = await figuresOf(tx, county, category, item, codesCounted(item));
  const asked = item.required && !item.retired && !(before?.required && !before.retired);
  return {
    records: figures.records,
    filled: figures.filled,
    newlyIncomplete: asked ? figures.complete_without : 0,
    stale: item.retired ? 0 : figures.stale,
    codes:
      figures.codes &&
      Object.fromEntries(Object.entries(figures.codes).map(([code, n]) => [code, toldOf(n)])),
    tags: tagsReading(dictionaries.pack, category, item.key),
    listed: Object.values(shapes[category].columns).includes(item.key),
    recount: needsRecount(before, item),
  };
}

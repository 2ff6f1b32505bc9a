import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { categories, DictionaryError, groupsOf, loadDictionary } from './dictionary.ts';

const pack = path.join(import.meta.dirname, '../../packs/archive');

describe('the dictionary of packs/archive', () => {
  const dictionary = loadDictionary(pack);
  const all = categories.flatMap((category) =>
    dictionary.categories[category].items.map((item) => ({ category, ...item })),
  );

  it('has the items of DOMAIN.md, section 2', () => {
    const counts = categories.map((category) => dictionary.categories[category].items.length);
    expect(counts).toEqual([35, 15, 14, 10, 8]);
    expect(dictionary.item('resident', 'phone')).toMatchObject({
      group: 'contact',
      source: 'village',
      freshMonths: 24,
    });
    expect(dictionary.item('resident', 'number')).toBeUndefined();
    expect(dictionary.item('resident', 'constructor')).toBeUndefined();
  });

  it('keeps nothing sensitive in the open group, and children’s items apart', () => {
    for (const item of all.filter(({ group }) => group === 'file')) {
      expect(['public', 'internal', 'personal']).toContain(item.sensitivity);
    }
    const minor = all.filter(({ sensitivity }) => sensitivity === 'minor');
    expect(minor.every(({ group }) => group === 'minor')).toBe(true);
  });

  it('has every section and every group in use, and every code table that is named', () => {
    for (const category of categories) {
      const { items, sections } = dictionary.categories[category];
      expect(new Set(items.map(({ section }) => section))).toEqual(
        new Set(sections.map(({ key }) => key)),
      );
      expect(new Set(items.map(({ group }) => group))).toEqual(new Set(groupsOf(category)));
    }
  });

  it('has the codes of the standards', () => {
    expect(dictionary.codes.ethnic?.codes.map(({ code }) => code)).toEqual(
      Array.from({ length: 56 }, (_, at) => String(at + 1).padStart(2, '0')),
    );
    expect(dictionary.codes.sex?.codes.map(({ code }) => code)).toEqual(['0', '1', '2', '9']);
    expect(dictionary.codes.family_relation?.codes.find(({ code }) => code === '02')?.zh).toBe(
      '户主',
    );
    expect(dictionary.codes.disability_kind?.codes).toHaveLength(7);
  });

  it('asks for none of a person’s opinions, beliefs or petitions', () => {
    const words = JSON.stringify([all, dictionary.tags, dictionary.codes.employment]);
    expect(words).not.toMatch(/党员|政治|信仰|宗教|信访|petition|religio/i);
  });
});

describe('a pack with a fault', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'minqing-pack-'));
    cpSync(pack, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Changes a file of the pack and returns the faults as file:line text. */
  function faultsAfter(file: string, from: string, to: string): string[] {
    const place = path.join(folder, file);
    const before = readFileSync(place, 'utf8');
    expect(before).toContain(from);
    writeFileSync(
      place,
      before.replace(from, () => to),
    );
    return faults();
  }

  function faults(): string[] {
    try {
      loadDictionary(folder);
    } catch (error) {
      if (!(error instanceof DictionaryError)) throw error;
      return error.faults.map((f) => `${f.file}:${f.line} ${f.message.zh} | ${f.message.en}`);
    }
    return [];
  }

  function lineOf(file: string, text: string): number {
    const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
    return lines.findIndex((line) => line.includes(text)) + 1;
  }

  it.each([
    ['resident.yaml', 'key: former_name', 'key: name', /name is there already/],
    ['resident.yaml', 'codes: ethnic', 'codes: ethnics', /codes: "ethnics" is unknown/],
    ['resident.yaml', 'source: village', 'source: villages', /source: "villages" is unknown/],
    ['resident.yaml', 'retention: village', 'retention: ever', /retention: "ever" is unknown/],
    ['resident.yaml', 'group: minor', 'group: economy', /group: "economy" is unknown/],
    ['resident.yaml', 'group: ethnic', 'group: file', /group: .* name a guarded group/],
    ['resident.yaml', 'type: phone', 'type: telephone', /type: "telephone" is unknown/],
    ['resident.yaml', 'section: family', 'section: kin', /section: "kin" is unknown/],
    ['resident.yaml', 'max_length: 50', 'max_lenght: 50', /max_lenght: Unknown field/],
    ['resident.yaml', 'required: true', 'required: "true"', /required: Must be true or false/],
    ['resident.yaml', 'fresh_months: 24', 'fresh_months: 0', /Must be an integer of 1 or more/],
    ['resident.yaml', 'max: today', 'max: tomorrow', /max: A number/],
    ['resident.yaml', 'key: skills', 'key: Skills', /key: Begin with a small letter/],
    ['resident.yaml', 'key: skills', 'key: religion', /label: Opinion, belief/],
    ['resident.yaml', 'zh: 特长技能', 'zh: 宗教信仰', /label: Opinion, belief/],
    ['tags.yaml', 'zh: 志愿者', 'zh: 信访重点人员', /label: Opinion, belief/],
    ['resident.yaml', 'key: residence_kind', 'key: residence_kinds', /The lists need the item/],
    ['resident.yaml', "pattern: '^", "pattern: '(", /pattern: Not a regular expression/],
    ['codes/ethnic.yaml', '"01"', '01', /code: Put it in quotes/],
    ['codes/ethnic.yaml', '"02"', '"01"', /code: 01 is there already/],
    ['codes/ethnic.yaml', 'name: ethnic', 'name: nation', /name: The name must be/],
    ['sources.yaml', 'key: health', 'key: education', /education is there already/],
    ['tags.yaml', 'rule: dog', 'rule: cat', /rule: "cat" is unknown/],
    ['retention.yaml', 'years: 10', 'years: ten', /years: Must be an integer/],
    ['purposes.yaml', 'en: Visit}', 'fr: Visite}', /en: Fill it in/],
  ])('%s: %s as %s', (file, from, to, message) => {
    const found = faultsAfter(file, from, to);
    expect(found.join('\n')).toMatch(message);
    expect(found.every((fault) => /:\d+ .+ \| .+/.test(fault))).toBe(true);
  });

  it('is told by the line where it stands', () => {
    const line = lineOf('resident.yaml', 'codes: ethnic');
    const found = faultsAfter('resident.yaml', 'codes: ethnic', 'codes: nation');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^resident.yaml:${line} codes：`));
  });

  it('is told for all faults at once', () => {
    faultsAfter('sources.yaml', 'rank: 10', 'rank: -1');
    const found = faultsAfter('tags.yaml', 'scope: household', 'scope: house');
    expect(found).toHaveLength(2);
  });

  it('is told when the YAML is broken or the file is gone', () => {
    expect(faultsAfter('tags.yaml', '- {key: dog', '- {key: [dog').join()).toMatch(/Not YAML/);
    rmSync(path.join(folder, 'housing.yaml'));
    expect(faults().join()).toMatch(/housing.yaml:1 .*add it/);
  });

  it('is told when a file holds something else', () => {
    writeFileSync(path.join(folder, 'purposes.yaml'), 'a: 1\n');
    writeFileSync(path.join(folder, 'premises.yaml'), '- 1\n');
    writeFileSync(path.join(folder, 'tags.yaml'), '- dog\n');
    const found = faults().join('\n');
    expect(found).toMatch(/purposes.yaml:1 .*Must be a list/);
    expect(found).toMatch(/premises.yaml:1 .*Must be pairs/);
    expect(found).toMatch(/tags.yaml:1 .*Must be pairs/);
  });
});

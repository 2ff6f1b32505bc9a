import type { CategoryKey } from '../contract.ts';
import { completions, readings } from './syllables.ts';
import { type Blind, ofDwelling } from './tokens.ts';

/** One equality on the token index; a lower rank is a better hit. */
export interface Probe {
  token: string;
  rank: number;
}

const most = 64;
const citizenId = /^\d{17}[\dx]$/;

/** The item whose whole number was typed: to find a person by it says that one knows it, and goes on record. */
export function numberIn(typed: string): 'citizen_id' | 'phone' | undefined {
  const words = typed
    .normalize('NFKC')
    .toLowerCase()
    .split(/[\s,，、;；]+/);
  if (words.some((word) => citizenId.test(word))) return 'citizen_id';
  const digits = words.map((word) => word.replaceAll('-', ''));
  return digits.some((word) => /^\d{11,}$/.test(word)) ? 'phone' : undefined;
}

/**
 * Reads what was typed into the search box.
 * @param category the one category that is looked for, if so
 * @returns a list of words, all of which a record must meet; each word a list of probes, any of which
 *   meets it. Empty when nothing can be searched.
 */
export function parseQuery(typed: string, blind: Blind, category?: CategoryKey): Probe[][] {
  const text = typed
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ü', 'v')
    // A colon sets marks of the index apart from words: typed, it would list people by a tag.
    .replace(/["'“”‘’%_\\:]/g, ' ')
    .trim();
  if (text === '') return [];
  const words = /^[a-z\s]+$/.test(text)
    ? [text.replace(/\s+/g, '')]
    : text.split(/[\s,，、;；]+/).filter(Boolean);
  return words
    .slice(0, 5)
    .map((word) => probesOf(word, blind))
    .map((probes) =>
      category === 'housing'
        ? probes.map(({ token, rank }) => ({ token: ofDwelling(token), rank }))
        : probes,
    )
    .filter((probes) => probes.length > 0);
}

function probesOf(word: string, blind: Blind): Probe[] {
  const best = new Map<string, number>();
  for (const { token, rank } of kinds(word, blind)) {
    if (!best.has(token) || (best.get(token) ?? 0) > rank) best.set(token, rank);
  }
  return [...best]
    .map(([token, rank]) => ({ token, rank }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most);
}

function kinds(word: string, blind: Blind): Probe[] {
  if (citizenId.test(word))
    return [
      { token: `i:${blind('citizen_id', word.toUpperCase())}`, rank: 0 },
      { token: `n:${word}`, rank: 1 },
    ];
  if (/^\d[\d-]*$/.test(word)) return digitProbes(word, blind);
  if (/^[a-z]+$/.test(word)) return letterProbes(word);
  return textProbes(word);
}

function digitProbes(word: string, blind: Blind): Probe[] {
  const digits = word.replaceAll('-', '');
  return [
    ...(digits.length >= 11 ? [{ token: `p:${blind('phone', digits)}`, rank: 0 }] : []),
    // Of a tail longer than four the last four are probed: the masked phone in the hit shows just these.
    ...(digits.length >= 4 && digits.length < 11
      ? [{ token: `p4:${blind('phone4', digits.slice(-4))}`, rank: 2 }]
      : []),
    { token: `a:${word}`, rank: 1 },
    { token: `n:${word}`, rank: 1 },
  ];
}

/** Letters are initials, or pinyin of which the last syllable may be half typed. */
function letterProbes(word: string): Probe[] {
  // After l and n people type u for ü.
  const spellings = /[ln]u/.test(word) ? [word, word.replace(/([ln])u(?![aino])/g, '$1v')] : [word];
  const pinyin = spellings
    .flatMap((spelling) => readings(spelling))
    .flatMap(({ whole, rest }) => {
      const base = whole.join('');
      if (rest === '')
        return [{ token: `${base}$`, rank: 1 }, { token: base, rank: 2 }, ...completedLast(whole)];
      return completions(rest).flatMap((syllable) => [
        { token: `${base}${syllable}$`, rank: 4 },
        { token: base + syllable, rank: 5 },
      ]);
    });
  const initials =
    word.length >= 2
      ? [
          { token: `${word}$`, rank: 2 },
          { token: word, rank: 3 },
        ]
      : [];
  return [...initials, ...pinyin, { token: `n:${word}`, rank: 6 }];
}

/** A whole syllable may be the beginning of a longer one: zhan goes on to zhang. */
function completedLast(whole: readonly string[]): Probe[] {
  const last = whole.at(-1) ?? '';
  const base = whole.slice(0, -1).join('');
  return completions(last)
    .filter((syllable) => syllable !== last)
    .flatMap((syllable) => [
      { token: `${base}${syllable}$`, rank: 4 },
      { token: base + syllable, rank: 5 },
    ]);
}

/** Characters of a name, or words and numbers of an address. */
function textProbes(word: string): Probe[] {
  const bare = word.replaceAll('·', '');
  const address = [...word.matchAll(/(\d+(?:-\d+)*)(组?)/g)].map(
    ([, number = '', group = '']) => `a:${number}${group}`,
  );
  return [
    { token: `${bare}$`, rank: 0 },
    { token: bare, rank: 1 },
    { token: `a:${word}`, rank: 2 },
    { token: `n:${word}`, rank: 2 },
    ...address.slice(-1).map((token) => ({ token, rank: 3 })),
  ];
}

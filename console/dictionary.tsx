import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Static } from 'typebox';
import type { CategoryKey, DictionaryView } from '../features/archive/contract.ts';
import { api } from './api.ts';
import { type Language, useLanguage } from './language.tsx';

type View = Static<typeof DictionaryView>;
export type Item = View['categories'][string]['items'][number];
export type DocumentKind = View['documents'][number];
export type Section = View['categories'][string]['sections'][number];

/** The dictionary of items, codes, sources, purposes and tags; looked at anew after a minute, for a county may change its items. */
export const dictionaryQuery = queryOptions({
  queryKey: ['dictionary'],
  queryFn: ({ signal }) => api.get<View>('/dictionary', undefined, signal),
  staleTime: 60_000,
  gcTime: Number.POSITIVE_INFINITY,
});

/** The dictionary with its labels in the language in use. */
export class Dictionary {
  readonly view: View;
  readonly language: Language;
  constructor(view: View, language: Language) {
    this.view = view;
    this.language = language;
  }
  label(label: { zh: string; en: string } | undefined, otherwise = ''): string {
    return label ? label[this.language] : otherwise;
  }
  items(category: CategoryKey): Item[] {
    return this.view.categories[category]?.items ?? [];
  }
  sections(category: CategoryKey): Section[] {
    return this.view.categories[category]?.sections ?? [];
  }
  find(category: string, key: string): Item | undefined {
    return this.view.categories[category]?.items.find((item) => item.key === key);
  }
  item(category: string, key: string): string {
    return this.label(this.find(category, key)?.label, key);
  }
  /** The codes of a table, as options of a choice. */
  options(table: string | undefined): { value: string; label: string; disabled?: boolean }[] {
    const codes = table ? (this.view.codes[table]?.codes ?? []) : [];
    return codes.map(({ retired, ...code }) => ({
      value: code.code,
      label: code[this.language],
      // Still read where it stands, and no longer chosen.
      ...(retired ? { disabled: true } : {}),
    }));
  }
  code(table: string | undefined, code: string | null | undefined): string {
    if (code === null || code === undefined) return '';
    const found = table && this.view.codes[table]?.codes.find((entry) => entry.code === code);
    return found ? found[this.language] : code;
  }
  /** A code in words, by the item that it is a value of. */
  value(category: CategoryKey, item: string, code: string | null | undefined): string {
    return this.code(this.find(category, item)?.codes, code);
  }
  source(key: string | null): string {
    const found = this.view.sources.find((source) => source.key === key);
    return this.label(found?.label, key ?? '');
  }
  purpose(key: string): string {
    return this.label(this.view.purposes.find((purpose) => purpose.key === key)?.label, key);
  }
  document(key: string): DocumentKind | undefined {
    return this.view.documents.find((kind) => kind.key === key);
  }
  documentName(key: string): string {
    return this.label(this.document(key)?.label, key);
  }
  tag(key: string): string {
    return this.label(this.view.tags.find((tag) => tag.key === key)?.label, key);
  }
  /** Whether the acting post sees the tag beside names, and may list people by it. */
  showsTag(key: string): boolean {
    return this.view.tags.find((tag) => tag.key === key)?.shown ?? false;
  }
  tagColor(key: string): string {
    return this.view.tags.find((tag) => tag.key === key)?.color ?? 'default';
  }
}

const empty: View = {
  categories: {},
  codes: {},
  sources: [],
  purposes: [],
  tags: [],
  documents: [],
};

/** The dictionary; the shell fetches it before any page that needs it is shown. */
export function useDictionary(): Dictionary {
  const { language } = useLanguage();
  const { data } = useQuery(dictionaryQuery);
  return useMemo(() => new Dictionary(data ?? empty, language), [data, language]);
}

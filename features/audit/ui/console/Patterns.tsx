import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Select } from 'antd';
import type { ReactNode } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../console/api.ts';
import { figure, minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import type { Text } from '../../../../console/text/zh.ts';
import type { PatternHit, PatternKey, PatternRules, PatternView } from '../../contract.ts';
import type { AuditSearch } from './filters.ts';
import { Period } from './Period.tsx';

type View = Static<typeof PatternView>;

const keys = ['many_files', 'at_night', 'relatives', 'refusals'] as const satisfies PatternKey[];

/** Patterns in the record: pointers for a person, not judgements. */
export function Patterns(props: {
  search: AuditSearch;
  go: (next: AuditSearch) => void;
}): ReactNode {
  const text = useText();
  const { search, go } = props;
  const pattern = keys.find((key) => key === search.pattern) ?? 'many_files';
  const period = { from: search.from, until: search.until };
  const { data, error, refetch } = useQuery({
    queryKey: ['audit-pattern', pattern, period],
    queryFn: ({ signal }) => api.get<View>(`/audit/patterns/${pattern}`, period, signal),
    // Every reading is recorded: the same page isn't fetched again for nothing.
    staleTime: 60_000,
  });
  const columns = useColumns(pattern, data?.rules, go);
  return (
    <>
      <Alert type="info" showIcon title={text.audit.pattern.notice} />
      <search className="filters" data-open="true" aria-label={text.list.filterLabel}>
        <div className="filter">
          <label htmlFor="audit-pattern">{text.audit.pattern.choose}</label>
          <Select
            id="audit-pattern"
            value={pattern}
            onChange={(next) => go({ ...search, pattern: next })}
            options={keys.map((key) => ({ value: key, label: text.audit.pattern.names[key] }))}
          />
        </div>
        <Period
          from={search.from ?? data?.from}
          until={search.until ?? data?.until}
          set={(change) =>
            go({ ...search, from: data?.from, until: data?.until, ...change, view: 'patterns' })
          }
        />
      </search>
      {data && <p className="help">{helpOf(text, pattern, data)}</p>}
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {data && data.items.length > 0 && (
        <DataTable
          caption={text.audit.pattern.names[pattern]}
          columns={columns}
          rows={data.items}
          rowKey={(hit) => `${hit.account?.id} ${hit.subject} ${hit.from}`}
        />
      )}
      {data?.items.length === 0 && <Nothing>{text.audit.pattern.none}</Nothing>}
    </>
  );
}

function helpOf(text: Text, pattern: PatternKey, { rules, from, until }: View): string {
  const { helps, period } = text.audit.pattern;
  const help = {
    many_files: () => helps.many_files(rules.many_files.files, rules.many_files.minutes),
    at_night: () => helps.at_night(rules.at_night.from, rules.at_night.until),
    relatives: () => helps.relatives,
    refusals: () => helps.refusals(rules.refusals.times),
  }[pattern];
  return `${help()} ${period(from, until)}`;
}

function useColumns(
  pattern: PatternKey,
  rules: PatternRules | undefined,
  go: (next: AuditSearch) => void,
): Column<PatternHit>[] {
  const text = useText();
  const { columns, ties, perSpan } = text.audit.pattern;
  const categories: Record<string, string> = text.categories;
  const day = (at: string): string => minute(at).slice(0, 10);
  const all: (Column<PatternHit> & { of?: PatternKey[] })[] = [
    {
      key: 'account',
      title: columns.account,
      heading: true,
      cell: ({ account }) =>
        account && (
          <>
            {account.name} <small>{account.username}</small>
          </>
        ),
    },
    {
      key: 'when',
      title: columns.when,
      cell: ({ from, until }) => (
        <span className="figures-font">
          {minute(from)} – {day(from) === day(until) ? minute(until).slice(11) : minute(until)}
        </span>
      ),
    },
    {
      key: 'file',
      title: columns.file,
      of: ['relatives'],
      cell: ({ category, subject }) =>
        subject && (
          <>
            {category && (categories[category] ?? category)}{' '}
            <span className="figures-font" title={subject}>
              {text.audit.number(subject)}
            </span>
          </>
        ),
    },
    { key: 'tie', title: columns.tie, of: ['relatives'], cell: ({ tie }) => tie && ties[tie] },
    {
      key: 'files',
      title: columns.files,
      numeric: true,
      of: ['many_files', 'at_night', 'refusals'],
      cell: ({ files }) => figure(files),
    },
    { key: 'acts', title: columns.acts, numeric: true, cell: ({ acts }) => figure(acts) },
    {
      key: 'most',
      title: columns.most,
      of: ['many_files'],
      cell: ({ most }) => most !== null && perSpan(most, rules?.many_files.minutes ?? 0),
    },
    {
      key: 'show',
      title: '',
      cell: ({ account, subject, from, until }) => (
        <Button
          size="small"
          onClick={() =>
            go({
              account: account?.id,
              ...(subject ? { subject } : {}),
              from: day(from),
              until: day(until),
            })
          }
        >
          {columns.show}
        </Button>
      ),
    },
  ];
  return all.filter(({ of }) => of === undefined || of.includes(pattern));
}

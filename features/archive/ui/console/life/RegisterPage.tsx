import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, DatePicker, Select, Tag } from 'antd';
import dayjs from 'dayjs';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { minute, today } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { NotFound } from '../../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../../console/page.ts';
import { AreaPicker } from '../../../../../console/parts/AreaPicker.tsx';
import { type Column, DataTable } from '../../../../../console/parts/DataTable.tsx';
import {
  Failed,
  Loading,
  Nothing,
  useProblemText,
} from '../../../../../console/parts/Feedback.tsx';
import { FileLink } from '../../../../../console/parts/FileLink.tsx';
import { FilterPanel } from '../../../../../console/parts/FilterPanel.tsx';
import { handOutFile } from '../../../../../console/parts/handOut.ts';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { useSession } from '../../../../../console/session.tsx';
import type { LifeEvent, LifeEventPage } from '../../../life/contract.ts';
import { PurposeDialog } from '../PurposeDialog.tsx';
import { Departures } from './Departures.tsx';
import type { RegisterSearch } from './registerSearch.ts';
import '../archive.css';
import './life.css';

const ProofViewer = lazy(() => import('./ProofViewer.tsx'));

/** 出入登记: births, deaths, moves in and out of an area in a period, and files that left. */
export function RegisterPage(): ReactNode {
  const { register: text } = useText();
  const { abilities } = useSession();
  const search = useSearch({ strict: false }) as RegisterSearch;
  const [exporting, setExporting] = useState(false);
  usePage(text.title, null);
  if (!abilities.readArchive) return <NotFound />;
  return (
    <div className="page">
      <header className="page-head row">
        <div>
          <h1>{text.title}</h1>
          <p>{text.about}</p>
        </div>
        <Button onClick={() => setExporting(true)}>{text.export}</Button>
      </header>
      <Filters search={search} />
      <Acts search={search} />
      {abilities.writeArchive && <Departures />}
      {exporting && <Export search={search} close={() => setExporting(false)} />}
    </div>
  );
}

function Filters({ search }: { search: RegisterSearch }): ReactNode {
  const text = useText();
  const navigate = useNavigate();
  const { acting } = useSession();
  const set = (change: RegisterSearch): void =>
    void navigate({
      to: '/register',
      // Upon what stands there by then: of two changes in a row none is lost.
      search: (old: RegisterSearch) => ({ ...old, ...change }),
      replace: true,
    });
  const kinds: Record<string, string> = text.register.kinds;
  const day = (which: 'from' | 'to'): ReactNode => (
    <div className="filter">
      <label htmlFor={`register-${which}`}>{text.register[which]}</label>
      <DatePicker
        id={`register-${which}`}
        format={['YYYY-MM-DD', 'YYYYMMDD']}
        placeholder={text.form.day}
        maxDate={dayjs(today())}
        value={search[which] ? dayjs(search[which]) : null}
        onChange={(value) => set({ [which]: value?.format('YYYY-MM-DD') })}
      />
    </div>
  );
  return (
    <FilterPanel active={Object.values(search).filter(Boolean).length}>
      <div className="filter">
        <label htmlFor="register-area">{text.area.label}</label>
        <AreaPicker
          id="register-area"
          label={text.area.label}
          value={search.area ?? acting?.area.code}
          onChange={(area) => set({ area })}
        />
      </div>
      <div className="filter">
        <label htmlFor="register-kind">{text.register.kind}</label>
        <Select
          id="register-kind"
          allowClear={{ label: text.app.clear }}
          placeholder={text.list.any}
          value={search.kind}
          onChange={(kind?: string) => set({ kind })}
          options={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
        />
      </div>
      {day('from')}
      {day('to')}
    </FilterPanel>
  );
}

function Acts({ search }: { search: RegisterSearch }): ReactNode {
  const text = useText();
  const [viewed, setViewed] = useState<LifeEvent['document']>(null);
  const columns = useColumns(setViewed);
  const query = useInfiniteQuery({
    queryKey: ['register', search],
    queryFn: ({ pageParam, signal }) =>
      api.get<Static<typeof LifeEventPage>>(
        '/life-events',
        { ...search, cursor: pageParam, limit: 30 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel title={text.register.acts}>
      {query.isPending && <Loading rows={6} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && <Nothing>{text.register.none}</Nothing>}
      {rows.length > 0 && (
        <DataTable
          caption={text.register.acts}
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
        />
      )}
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.list.more}
          </Button>
        </div>
      )}
      <Suspense>
        {viewed && (
          <ProofViewer document={viewed} purpose={undefined} close={() => setViewed(null)} />
        )}
      </Suspense>
    </Panel>
  );
}

function useColumns(view: (document: LifeEvent['document']) => void): Column<LifeEvent>[] {
  const text = useText();
  const dictionary = useDictionary();
  const kinds: Record<string, string> = text.register.kinds;
  return [
    { key: 'day', title: text.life.day, card: 'bare', cell: ({ day }) => day },
    {
      key: 'kind',
      title: text.register.kind,
      heading: true,
      cell: ({ kind, cancelled }) => (
        <>
          <span className={cancelled ? 'struck' : undefined}>{kinds[kind] ?? kind}</span>{' '}
          {cancelled && <Tag>{text.life.cancelled}</Tag>}
        </>
      ),
    },
    {
      key: 'people',
      title: text.life.who,
      card: 'line',
      cell: ({ residents, household }) =>
        residents.length > 0 ? (
          <span className="register-people">
            {residents.map(({ id, name }) =>
              name === null ? (
                <span key={id}>{text.life.someone}</span>
              ) : (
                <FileLink key={id} category="resident" id={id}>
                  {name}
                </FileLink>
              ),
            )}
          </span>
        ) : (
          household && (
            <FileLink category="household" id={household}>
              {text.categories.household}
            </FileLink>
          )
        ),
    },
    {
      key: 'place',
      title: text.register.place,
      cell: ({ details }) => String(details.toName ?? details.place ?? ''),
    },
    {
      key: 'proof',
      title: text.life.proof,
      cell: ({ proof, proofNote, document }) => (
        <>
          {[dictionary.code('life_proof', proof), proofNote].filter(Boolean).join(' · ')}
          {document && (
            <Button type="link" size="small" onClick={() => view(document)}>
              {text.life.proofPaper.show}
            </Button>
          )}
        </>
      ),
    },
    {
      key: 'by',
      title: text.register.by,
      cell: ({ actor, at }) => [actor, minute(at)].filter(Boolean).join(' · '),
    },
  ];
}

function Export({ search, close }: { search: RegisterSearch; close: () => void }): ReactNode {
  const { register: text, taking } = useText();
  const words = useProblemText();
  const take = async (purpose: string): Promise<void> => {
    try {
      const file = await api.blob('/life-events/export', { ...search, purpose });
      handOutFile(file, `${text.title}-${today()}.xlsx`);
      say(taking.done);
      close();
    } catch (error) {
      say(words(error));
    }
  };
  return (
    <PurposeDialog
      title={text.exportTitle}
      help={text.exportHelp}
      go={taking.export}
      choose={take}
      cancel={close}
    />
  );
}

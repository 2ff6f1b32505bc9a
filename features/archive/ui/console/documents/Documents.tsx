import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { pathOf } from '../../../../../console/parts/categories.ts';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { CategoryKey } from '../../../contract.ts';
import { DocumentCard, MissingCard } from './DocumentCard.tsx';
import { type DocumentList, type Series, seriesOf, type Uploading } from './types.ts';
import './documents.css';

const UploadDialog = lazy(() => import('./UploadDialog.tsx'));
const Viewer = lazy(() => import('./Viewer.tsx'));

const categories: readonly CategoryKey[] = ['resident', 'household', 'housing'];
export const hasDocuments = (category: CategoryKey): boolean => categories.includes(category);

/** 证件资料: what papers are kept with the record, what is missing, and the ways to them. */
export function Documents(props: {
  category: CategoryKey;
  id: string;
  purpose: string | undefined;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const [uploading, setUploading] = useState<Uploading | null>(null);
  const [viewed, setViewed] = useState<string | null>(null);
  const [allShown, setAllShown] = useState(false);
  const path = `${pathOf[props.category]}/${props.id}/documents`;
  const { data, error, refetch } = useQuery({
    queryKey: ['documents', props.category, props.id, props.purpose ?? null],
    queryFn: ({ signal }) => api.get<DocumentList>(path, { purpose: props.purpose }, signal),
    // Every opening of the list is recorded: it isn't fetched again for nothing.
    staleTime: 120_000,
  });
  const order = dictionary.view.documents.map(({ key }) => key);
  const all = seriesOf(data?.items ?? []).sort(
    (a, b) => order.indexOf(a.newest.kind) - order.indexOf(b.newest.kind),
  );
  const used = all.filter(({ newest }) => newest.retired === null);
  const retired = all.filter(({ newest }) => newest.retired !== null);
  const shownRetired = allShown ? retired : [];
  const missing = data?.missing ?? [];
  const open = all.find(({ newest }) => newest.series === viewed);
  const may = data?.upload ?? [];
  const card = (series: Series): ReactNode => (
    <li key={series.newest.series}>
      <DocumentCard series={series} view={() => setViewed(series.newest.series)} />
    </li>
  );
  return (
    <Panel
      title={text.documents.title}
      extra={
        may.length > 0 && <Button onClick={() => setUploading({})}>{text.documents.upload}</Button>
      }
    >
      {!data && !error && <Loading rows={2} />}
      {error && <Failed error={error} retry={() => void refetch()} />}
      {data && used.length === 0 && missing.length === 0 && (
        <Nothing>{may.length > 0 ? text.documents.none : text.documents.noneToAdd}</Nothing>
      )}
      <ul className="documents">
        {used.map(card)}
        {missing.map((kind) => (
          <li key={kind}>
            <MissingCard
              kind={kind}
              {...(may.includes(kind) ? { add: () => setUploading({ kind }) } : {})}
            />
          </li>
        ))}
        {shownRetired.map(card)}
      </ul>
      {retired.length > 0 && (
        <button type="button" className="link quiet" onClick={() => setAllShown(!allShown)}>
          {allShown ? text.documents.hideRetired : text.documents.showRetired(retired.length)}
        </button>
      )}
      <Suspense>
        {open && (
          <Viewer
            series={open}
            purpose={props.purpose}
            replace={(document) => {
              setViewed(null);
              setUploading({ kind: document.kind, replaces: document });
            }}
            close={() => setViewed(null)}
          />
        )}
        {uploading && (
          <UploadDialog
            path={path}
            category={props.category}
            may={may}
            taken={used.map(({ newest }) => newest.kind)}
            uploading={uploading}
            close={() => setUploading(null)}
          />
        )}
      </Suspense>
    </Panel>
  );
}

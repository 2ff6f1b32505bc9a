import { useQuery } from '@tanstack/react-query';
import { Button, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { day } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { pathOf } from '../../../../../console/parts/categories.ts';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { type DocumentList, seriesOf } from '../documents/types.ts';
import UploadDialog from '../documents/UploadDialog.tsx';
import type { Keeper, Paper } from './form.ts';
import '../documents/documents.css';
import './life.css';

/** Chooses the document that proves an act, out of those of one record, or uploads one to it. */
export default function PaperDialog(props: {
  keepers: Keeper[];
  choose: (paper: Paper) => void;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = text.life.proofPaper;
  const dictionary = useDictionary();
  const { keepers, choose, close } = props;
  const [id, setId] = useState(keepers[0]?.id);
  const [uploading, setUploading] = useState(false);
  const keeper = keepers.find((one) => one.id === id) ?? keepers[0];
  const path = keeper && `${pathOf[keeper.category]}/${keeper.id}/documents`;
  const { data, error, refetch } = useQuery({
    queryKey: ['documents', keeper?.category, keeper?.id, null],
    queryFn: ({ signal }) => api.get<DocumentList>(path ?? '', {}, signal),
    enabled: path !== undefined,
    // Every opening of the list is recorded: it isn't fetched again for nothing.
    staleTime: 120_000,
  });
  const used = seriesOf(data?.items ?? [])
    .map(({ newest }) => newest)
    .filter(({ retired }) => retired === null);
  const may = data?.upload ?? [];
  return (
    <Modal open title={words.title} footer={null} onCancel={close}>
      <div className="field">
        <label htmlFor="proof-keeper">{words.whose}</label>
        <Select
          id="proof-keeper"
          value={keeper?.id}
          onChange={setId}
          options={keepers.map((one) => ({
            value: one.id,
            label: `${text.categories[one.category]} · ${one.name}`,
          }))}
        />
      </div>
      {!data && !error && <Loading rows={2} />}
      {error && <Failed error={error} retry={() => void refetch()} />}
      {data && used.length === 0 && <Nothing>{words.empty}</Nothing>}
      <ul className="proof-papers">
        {used.map((one) => {
          const name = dictionary.documentName(one.kind);
          return (
            <li key={one.id}>
              <span>
                <b>{name}</b>{' '}
                <small>
                  {[one.title, one.takenOn ?? day(one.uploadedAt)].filter(Boolean).join(' · ')}
                </small>
              </span>
              <Button
                aria-label={words.takeOf([name, one.title].filter(Boolean).join(' '))}
                onClick={() => choose({ id: one.id, name: nameOf(name, one.title) })}
              >
                {words.take}
              </Button>
            </li>
          );
        })}
      </ul>
      {may.length > 0 && <Button onClick={() => setUploading(true)}>{words.upload}</Button>}
      {uploading && keeper && path && (
        <UploadDialog
          path={path}
          category={keeper.category}
          may={may}
          taken={used.map(({ kind }) => kind)}
          uploading={{}}
          close={() => setUploading(false)}
          added={(document, kind) => choose({ id: document, name: dictionary.documentName(kind) })}
        />
      )}
    </Modal>
  );
}

const nameOf = (kind: string, title: string | null): string =>
  [kind, title].filter(Boolean).join(' · ');

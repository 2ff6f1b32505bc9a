import { useQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import type { ReactNode } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { pathOf } from '../../../../../console/parts/categories.ts';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import type { CategoryKey } from '../../../contract.ts';
import { type DocumentList, seriesOf } from '../documents/types.ts';
import Viewer from '../documents/Viewer.tsx';
import '../documents/documents.css';

/** Shows the document that proves an act, as documents are shown: with the mark, for a purpose where it is sealed. */
export default function ProofViewer(props: {
  document: { id: string; category: CategoryKey; subject: string };
  purpose: string | undefined;
  close: () => void;
}): ReactNode {
  const text = useText();
  const { document, purpose, close } = props;
  const { id, category, subject } = document;
  const { data, error, refetch } = useQuery({
    queryKey: ['documents', category, subject, purpose ?? null],
    queryFn: ({ signal }) =>
      api.get<DocumentList>(`${pathOf[category]}/${subject}/documents`, { purpose }, signal),
    // Every opening of the list is recorded: it isn't fetched again for nothing.
    staleTime: 120_000,
  });
  const series = seriesOf(data?.items ?? []).find(({ versions }) =>
    versions.some((version) => version.id === id),
  );
  if (series) return <Viewer series={series} version={id} purpose={purpose} close={close} />;
  return (
    <Modal open title={text.life.proofPaper.title} footer={null} onCancel={close}>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={4} />}
      {data && <Nothing>{text.life.proofPaper.gone}</Nothing>}
    </Modal>
  );
}

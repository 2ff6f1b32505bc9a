import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { CopyButton } from '../export/CopyButton.tsx';
import type { Resident } from '../types.ts';
import { RequestLine } from './RequestLine.tsx';
import type { RightsList, RightsRequest } from './types.ts';
import { WithdrawButton } from './WithdrawButton.tsx';
import './rights.css';

const CorrectionDrawer = lazy(() => import('./CorrectionDrawer.tsx'));
const DeletionDialog = lazy(() => import('./DeletionDialog.tsx'));
const DecisionDialog = lazy(() => import('./DecisionDialog.tsx'));

type Open = 'correction' | 'deletion' | RightsRequest | null;

/** 个人信息权利: what the resident may ask for, what was asked, and how it stands. */
export function RightsPanel({ file }: { file: Resident }): ReactNode {
  const { rights: text } = useText();
  const client = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['rights', file.id],
    queryFn: ({ signal }) =>
      api.get<RightsList>('/rights-requests', { resident: file.id, state: 'all' }, signal),
  });
  const may = data?.abilities;
  if (data && data.items.length === 0 && !may?.copy && !may?.correct) return null;
  const close = (): void => {
    setOpen(null);
    for (const key of ['rights', 'changes', 'looks'])
      void client.invalidateQueries({ queryKey: [key] });
  };
  const deleting = data?.items.some(({ kind, state }) => kind === 'deletion' && state === 'open');
  return (
    <Panel title={text.title} className="rights">
      <p className="help">{text.help}</p>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={2} />}
      {may && (
        <div className="rights-acts">
          {may.copy && <CopyButton file={file} />}
          {may.correct && <Button onClick={() => setOpen('correction')}>{text.correct}</Button>}
          {may.askDeletion && !deleting && (
            <Button danger onClick={() => setOpen('deletion')}>
              {text.delete}
            </Button>
          )}
        </div>
      )}
      {data?.items.length === 0 && <Nothing>{text.none}</Nothing>}
      <ol className="rights-list">
        {data?.items.map((request) => (
          <li key={request.id}>
            <RequestLine request={request} />
            {request.mayWithdraw && <WithdrawButton request={request} />}
            {(request.mayDecide || request.kind === 'correction') && (
              <Button size="small" onClick={() => setOpen(request)}>
                {request.mayDecide ? text.decide : text.show}
              </Button>
            )}
          </li>
        ))}
      </ol>
      <Suspense>
        {open === 'correction' && <CorrectionDrawer file={file} close={close} />}
        {open === 'deletion' && <DeletionDialog file={file} close={close} />}
        {open !== null && typeof open === 'object' && (
          <DecisionDialog request={open} name={file.name} close={close} />
        )}
      </Suspense>
    </Panel>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { TakeOut } from '../../../../console/parts/TakeOut.tsx';
import type { AccessOfAccount, AccessToRecord } from '../../access/contract.ts';
import { AccessForm } from './AccessForm.tsx';
import { AccessHolders } from './AccessHolders.tsx';
import { Explained } from './AccessReasons.tsx';
import type { AccessSearch } from './accessSearch.ts';
import './access.css';

/** 谁能看这份档案: who sees a file, and why, for the security administrator, who sees nothing of it. */
export function AccessPage(): ReactNode {
  const { access: text } = useText();
  const search = useSearch({ strict: false }) as AccessSearch;
  const navigate = useNavigate();
  usePage(text.title);
  const { category, record, account } = search;
  const asked = category !== undefined && record !== undefined;
  const holders = useQuery({
    queryKey: ['access', category, record],
    queryFn: ({ signal }) => api.get<AccessToRecord>('/access', { category, record }, signal),
    enabled: asked,
  });
  const reasons = useQuery({
    queryKey: ['access', category, record, account],
    queryFn: ({ signal }) =>
      api.get<AccessOfAccount>(`/accounts/${account}/access`, { category, record }, signal),
    enabled: asked && account !== undefined,
  });
  const set = (change: AccessSearch): void =>
    void navigate({ to: '/access', search: { ...search, ...change } });
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.title}</h1>
        <p>{text.help}</p>
      </header>
      <AccessForm key={`${category} ${record}`} search={search} set={set} />
      {!asked && <Nothing>{text.start}</Nothing>}
      {asked && account !== undefined && (
        <>
          {reasons.isPending && <Loading rows={6} />}
          {reasons.error && <Failed error={reasons.error} retry={() => void reasons.refetch()} />}
          {reasons.data && (
            <Explained explained={reasons.data} close={() => set({ account: undefined })} />
          )}
        </>
      )}
      {asked && (
        <Panel
          title={text.holders}
          extra={
            holders.data && (
              <TakeOut list="access" path="/access/export" filter={{ category, record }} />
            )
          }
        >
          {holders.isPending && <Loading rows={6} />}
          {holders.error && <Failed error={holders.error} retry={() => void holders.refetch()} />}
          {holders.data && (
            <AccessHolders found={holders.data} ask={(id) => set({ account: id })} />
          )}
        </Panel>
      )}
    </div>
  );
}

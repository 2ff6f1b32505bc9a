import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Failed, Loading, useProblemText } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import type { OwnSession } from '../../contract.ts';
import { FactorPanel } from './FactorPanel.tsx';
import './identity.css';

const PasswordDialog = lazy(() => import('./PasswordDialog.tsx'));

/** 我的登录: the devices one is signed in on, one's second factor and password. */
export function OwnSessionsPage(): ReactNode {
  const { mine: text, password } = useText();
  const [changing, setChanging] = useState(false);
  usePage(text.title);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.title}</h1>
      </header>
      <Sessions />
      <FactorPanel />
      <Panel
        title={text.password}
        extra={<Button onClick={() => setChanging(true)}>{password.title}</Button>}
      >
        <p className="help">{text.passwordHelp}</p>
      </Panel>
      <Suspense>{changing && <PasswordDialog close={() => setChanging(false)} />}</Suspense>
    </div>
  );
}

function Sessions(): ReactNode {
  const { mine: text } = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['own-sessions'],
    queryFn: ({ signal }) => api.get<{ items: OwnSession[] }>('/sessions', undefined, signal),
  });
  const columns = useColumns((session) => end(`/sessions/${session.id}`, text.ended));
  const end = (path: string, said: string): void => {
    api
      .delete(path)
      .then(() => client.invalidateQueries({ queryKey: ['own-sessions'] }))
      .then(() => say(said))
      .catch((error) => say(words(error)));
  };
  const sessions = query.data?.items ?? [];
  return (
    <Panel
      title={text.sessions}
      extra={
        sessions.length > 1 && (
          <Button onClick={() => end('/sessions/others', text.othersEnded)}>
            {text.endOthers}
          </Button>
        )
      }
    >
      <p className="help">{text.help}</p>
      {query.isPending && <Loading rows={3} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {sessions.length > 0 && (
        <DataTable
          caption={text.sessions}
          columns={columns}
          rows={sessions}
          rowKey={({ id }) => id}
        />
      )}
    </Panel>
  );
}

function useColumns(end: (session: OwnSession) => void): Column<OwnSession>[] {
  const { mine: text, members } = useText();
  const browsers: Record<string, string> = text.browsers;
  const systems: Record<string, string> = text.systems;
  const device = ({ browser, system }: OwnSession): string =>
    [browser && browsers[browser], system && systems[system]].filter(Boolean).join(' · ') ||
    text.unknown;
  return [
    {
      key: 'device',
      title: text.device,
      heading: true,
      cell: (session) => (
        <>
          {device(session)}
          {session.current && <small className="tag tag-green">{text.here}</small>}
          {!session.complete && <small className="tag tag-orange">{text.incomplete}</small>}
        </>
      ),
    },
    {
      key: 'started',
      title: text.started,
      cell: ({ startedAt }) => <span className="figures-font">{minute(startedAt)}</span>,
    },
    {
      key: 'seen',
      title: text.seen,
      cell: ({ seenAt }) => <span className="figures-font">{minute(seenAt)}</span>,
    },
    { key: 'method', title: text.method, cell: ({ method }) => text.methods[method] },
    {
      key: 'actions',
      title: members.actions,
      cell: (session) =>
        !session.current && (
          <button
            type="button"
            className="link"
            aria-label={text.endOf(`${device(session)} ${minute(session.startedAt)}`)}
            onClick={() => end(session)}
          >
            {text.end}
          </button>
        ),
    },
  ];
}

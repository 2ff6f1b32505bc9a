import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../api.ts';
import { figure, minute } from '../format.ts';
import { useText } from '../language.tsx';
import { usePage } from '../page.ts';
import { Failed, Loading } from '../parts/Feedback.tsx';
import { Panel } from '../parts/Panel.tsx';

interface System {
  version: string;
  demo: boolean;
  database: { version: string; sizeBytes: number };
  areas: number;
  startedAt: string;
}

/** How the installation stands, for the system administrator. */
export function SystemPage(): ReactNode {
  const text = useText();
  usePage(text.nav.system);
  const { data, error, refetch } = useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => api.get<System>('/system', undefined, signal),
  });
  const lines: [string, string][] = data
    ? [
        [text.system.version, data.version],
        [text.system.mode, data.demo ? text.system.demo : text.system.live],
        [text.system.database, data.database.version],
        [text.system.size, `${(data.database.sizeBytes / 2 ** 20).toFixed(1)} MB`],
        [text.system.areas, figure(data.areas)],
        [text.system.started, minute(data.startedAt)],
      ]
    : [];
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.nav.system}</h1>
      </header>
      <Panel title={text.system.state}>
        {error && <Failed error={error} retry={() => void refetch()} />}
        {!data && !error && <Loading />}
        <dl className="facts tall">
          {lines.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Panel>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../api.ts';
import { figure, minute } from '../format.ts';
import { useText } from '../language.tsx';
import { usePage } from '../page.ts';
import { Failed, Loading } from '../parts/Feedback.tsx';
import { Panel } from '../parts/Panel.tsx';
import type { Text } from '../text/zh.ts';
import { RetentionPanel } from './RetentionPanel.tsx';

interface System {
  version: string;
  demo: boolean;
  database: { version: string; sizeBytes: number };
  areas: number;
  startedAt: string;
  backup: {
    last: { name: string; at: string; bytes: number; sealedBytes: number } | null;
    archive: {
      folder: string;
      lastSegment: string | null;
      lastAt: string | null;
      waiting: number;
      waitingSince: string | null;
      failure: string | null;
    } | null;
  };
}

type Lines = readonly (readonly [label: string, value: string])[];

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** How the installation stands, for the system administrator. */
export function SystemPage(): ReactNode {
  const text = useText();
  usePage(text.nav.system);
  const { data, error, refetch } = useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => api.get<System>('/system', undefined, signal),
  });
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.nav.system}</h1>
      </header>
      <Panel title={text.system.state}>
        {error && <Failed error={error} retry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && <Facts lines={stateOf(data, text)} />}
      </Panel>
      <RetentionPanel />
      {data && (
        <Panel title={text.system.backup}>
          <Facts lines={backupOf(data.backup, text)} />
        </Panel>
      )}
    </div>
  );
}

function Facts({ lines }: { lines: Lines }): ReactNode {
  return (
    <dl className="facts tall">
      {lines.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function stateOf(data: System, { system }: Text): Lines {
  return [
    [system.version, data.version],
    [system.mode, data.demo ? system.demo : system.live],
    [system.database, data.database.version],
    [system.size, megabytes(data.database.sizeBytes)],
    [system.areas, figure(data.areas)],
    [system.started, minute(data.startedAt)],
  ];
}

function backupOf({ last, archive }: System['backup'], { system }: Text): Lines {
  const backup = last
    ? `${minute(last.at)} · ${last.name} · ${megabytes(last.sealedBytes)}`
    : system.noBackup;
  if (!archive)
    return [
      [system.lastBackup, backup],
      [system.archive, system.noArchive],
    ];
  return [
    [system.lastBackup, backup],
    [system.archiveFolder, archive.folder],
    [system.archivedAt, archive.lastAt ? minute(archive.lastAt) : '—'],
    [
      system.archiveWaiting,
      archive.waitingSince
        ? system.archiveSince(figure(archive.waiting), minute(archive.waitingSince))
        : '0',
    ],
    ...(archive.failure ? ([[system.archiveFailed, archive.failure]] as const) : []),
  ];
}

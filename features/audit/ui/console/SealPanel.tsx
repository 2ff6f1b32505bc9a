import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../../../console/api.ts';
import { figure, minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { Failed, Loading } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { SealState } from '../../contract.ts';

/** What is sealed, what waits for its seal, and what the last verification said. */
export function SealPanel(): ReactNode {
  const { seals: text } = useText().audit;
  const { data, error, refetch } = useQuery({
    queryKey: ['audit-seals'],
    queryFn: ({ signal }) => api.get<SealState>('/audit/seals', undefined, signal),
    refetchInterval: 30_000,
  });
  return (
    <Panel title={text.title}>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={2} />}
      {data && (
        <dl className="seal-state">
          <div>
            <dt>{text.sealed}</dt>
            <dd>{data.last ? text.entries(figure(data.last.entries)) : text.none}</dd>
            {data.last && (
              <dd className="more-words">
                {text.newest(data.last.number, minute(data.last.sealedAt))}
              </dd>
            )}
          </div>
          <div>
            <dt>{text.waiting}</dt>
            <dd>{text.entries(figure(data.unsealed.entries))}</dd>
            <dd className="more-words">
              {data.unsealed.oldest
                ? text.since(minute(data.unsealed.oldest))
                : text.nothingWaiting}
            </dd>
          </div>
          <Check check={data.check} />
        </dl>
      )}
      <details className="help">
        <summary>{text.more}</summary>
        <p>{text.help}</p>
        {data?.last && (
          <p>
            {text.fingerprint} <code>{data.last.hash}</code>
          </p>
        )}
      </details>
    </Panel>
  );
}

function Check({ check }: { check: SealState['check'] }): ReactNode {
  const { seals: text } = useText().audit;
  if (!check)
    return (
      <div>
        <dt>{text.checked}</dt>
        <dd>{text.never}</dd>
        <dd className="more-words">{text.neverHelp}</dd>
      </div>
    );
  const { finding } = check;
  const findings: Record<string, string> = text.findings;
  return (
    <div data-state={finding ? 'broken' : 'whole'}>
      <dt>{text.checked}</dt>
      <dd>{finding ? text.broken : check.firstSeal === null ? text.nothing : text.whole}</dd>
      {finding && (
        <dd className="more-words" role="alert">
          {[
            findings[finding.what] ?? finding.what,
            text.where(finding.seal),
            finding.entry && text.entry(finding.entry.id, finding.entry.at),
          ]
            .filter(Boolean)
            .join(' · ')}
        </dd>
      )}
      <dd className="more-words">
        {text.checkedAt(minute(check.at), figure(check.entries))}
        {check.witnessed && ` · ${text.witnessed}`}
      </dd>
    </div>
  );
}

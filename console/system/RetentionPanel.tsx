import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { RetentionView } from '../../features/archive/rights/contract.ts';
import { api } from '../api.ts';
import { figure, minute } from '../format.ts';
import { useLanguage, useText } from '../language.tsx';
import { isCategory } from '../parts/categories.ts';
import { Failed, Loading, Nothing } from '../parts/Feedback.tsx';
import { Panel } from '../parts/Panel.tsx';

/** What the retention job did last: figures only. */
export function RetentionPanel(): ReactNode {
  const text = useText();
  const { language } = useLanguage();
  const { data, error, refetch } = useQuery({
    queryKey: ['retention'],
    queryFn: ({ signal }) => api.get<RetentionView>('/retention', undefined, signal),
  });
  const run = data?.run;
  const figures: [string, string][] = run
    ? [
        [text.retention.started, minute(run.startedAt)],
        [text.retention.ended, run.endedAt ? minute(run.endedAt) : text.retention.running],
        [text.retention.looked, figure(run.looked)],
        [text.retention.records, figure(run.records)],
        [text.retention.documents, figure(run.documents)],
      ]
    : [];
  return (
    <Panel title={text.retention.title}>
      <p className="help">{text.retention.help}</p>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && !run && <Nothing>{text.retention.none}</Nothing>}
      {run && (
        <dl className="facts tall">
          {figures.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {run && run.items.length > 0 && (
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{text.retention.item}</th>
              <th scope="col">{text.retention.values}</th>
              <th scope="col">{text.retention.history}</th>
            </tr>
          </thead>
          <tbody>
            {run.items.map(({ category, item, label, values, history }) => (
              <tr key={`${category}.${item}`}>
                <th scope="row">
                  {isCategory(category) ? text.categories[category] : category} · {label[language]}
                </th>
                <td>{figure(values)}</td>
                <td>{figure(history)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

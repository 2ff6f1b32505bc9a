import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { minute } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { useSession } from '../../../../../console/session.tsx';
import type { Lineage as LineageView, RowLineage } from '../../../review/contract.ts';

const ApartDialog = lazy(() => import('./ApartDialog.tsx'));

/** Of a gathered value: the file, its batch and row, and how the row came to this record. */
export default function Lineage(props: { record: string; batch: number; row: number }): ReactNode {
  const { review } = useText();
  const { abilities } = useSession();
  const [parting, setParting] = useState(false);
  const { lineage: text } = review;
  const { record, batch, row } = props;
  const { data } = useQuery({
    queryKey: ['lineage', record, batch, row],
    queryFn: ({ signal }) =>
      api.get<LineageView>('/gather/lineage', { record, rows: `${batch}.${row}` }, signal),
  });
  const found = data?.items[0];
  const how = useHow();
  const lines: [string, ReactNode][] = [
    [
      text.row,
      found && abilities.decideRows ? (
        <Link key="row" to="/gather/review" search={{ row: `${batch}.${row}` }}>
          {text.rowOf(batch, row)}
        </Link>
      ) : (
        text.rowOf(batch, row)
      ),
    ],
    ...(found
      ? ([
          [text.file, found.fileName],
          [text.taken, minute(found.takenAt)],
          [text.how, how(found)],
        ] as [string, ReactNode][])
      : []),
  ];
  return (
    <div className="gathered">
      <dl className="lineage">
        {lines.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {found?.apart && (
        <button type="button" className="link" onClick={() => setParting(true)}>
          {text.apart}
        </button>
      )}
      <Suspense>
        {parting && found && <ApartDialog found={found} close={() => setParting(false)} />}
      </Suspense>
    </div>
  );
}

/** How a row was linked, in words. */
function useHow(): (found: RowLineage) => string {
  const { review } = useText();
  const { lineage: text } = review;
  return ({ decision, belief, by, decidedAt }) => {
    if (by !== null && decidedAt !== null) return text.linked(by, minute(decidedAt));
    if (belief !== null) return text.scored(review.percent(belief));
    return text.hows[decision] ?? '';
  };
}

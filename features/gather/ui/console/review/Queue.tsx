import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import type { QueueRow } from '../../../review/contract.ts';
import type { ReviewSearch } from './search.ts';

export const keyOf = ({ batch, n }: Pick<QueueRow, 'batch' | 'n'>): string => `${batch}.${n}`;

/** The rows that wait, a line each. */
export function Queue(props: {
  rows: readonly QueueRow[];
  search: ReviewSearch;
  more: (() => void) | null;
  loading: boolean;
}): ReactNode {
  const { review: text } = useText();
  const dictionary = useDictionary();
  return (
    <nav className="queue" aria-label={text.queue}>
      <ol>
        {props.rows.map((row) => {
          const key = keyOf(row);
          const about = [
            dictionary.value('resident', 'sex', row.sex),
            row.birth,
            row.decision === 'ask' ? text.candidates(row.candidates) : text.decided[row.decision],
          ];
          return (
            <li key={key}>
              <Link
                to="/gather/review"
                search={{ ...props.search, row: key }}
                aria-current={props.search.row === key ? 'true' : undefined}
              >
                <b>{row.name ?? text.nameless}</b>
                <small>{about.filter(Boolean).join(' · ')}</small>
                <small>{text.from(dictionary.source(row.source), row.batch, row.n)}</small>
              </Link>
            </li>
          );
        })}
      </ol>
      {props.more && (
        <Button loading={props.loading} onClick={props.more}>
          {text.more}
        </Button>
      )}
    </nav>
  );
}

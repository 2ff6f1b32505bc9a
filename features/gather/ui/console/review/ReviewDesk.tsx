import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { waitingQuery } from './waiting.ts';

/** How many rows of departments' files wait, by source; for a department's officer figures alone. */
export function ReviewDesk(): ReactNode {
  const { review: text } = useText();
  const dictionary = useDictionary();
  const { data } = useQuery(waitingQuery);
  if (!data || data.items.length === 0) return null;
  return (
    <Panel title={text.deskTitle(data.waiting + data.later)}>
      <ul className="lines">
        {data.items.map(({ source, waiting, later }) => {
          const line = (
            <>
              <span>{text.deskLine(dictionary.source(source))}</span>
              <small>{text.deskCount(waiting, later)}</small>
            </>
          );
          return (
            <li key={source}>
              {data.decides ? (
                <Link to="/gather/review" search={{ source }}>
                  {line}
                </Link>
              ) : (
                line
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

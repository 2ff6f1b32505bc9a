import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { FileLink } from '../../../../../console/parts/FileLink.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { RequestState, useRequestTitle } from './RequestLine.tsx';
import type { RightsList } from './types.ts';
import './rights.css';

/** Applications that wait for an answer, the soonest due first; each opens the resident's file. */
export function RightsDesk(): ReactNode {
  const { rights: text } = useText();
  const title = useRequestTitle();
  const { data } = useQuery({
    queryKey: ['rights', 'open'],
    queryFn: ({ signal }) => api.get<RightsList>('/rights-requests', undefined, signal),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Panel title={text.deskTitle(data.items.length)}>
      <ul className="lines files">
        {data.items.map((request) => (
          <li key={request.id}>
            <FileLink category="resident" id={request.resident.id}>
              <span>{request.resident.name}</span>
              <small>
                {title(request)} <RequestState request={request} />
              </small>
            </FileLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

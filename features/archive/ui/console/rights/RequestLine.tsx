import type { ReactNode } from 'react';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { day } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import type { RightsRequest } from './types.ts';

/** What an application is about, in a few words. */
export function useRequestTitle(): (request: RightsRequest) => string {
  const { rights: text } = useText();
  const dictionary = useDictionary();
  const grounds: Record<string, string> = text.grounds;
  return ({ kind, item, ground }) =>
    kind === 'correction'
      ? text.correctionOf(dictionary.item('resident', item ?? ''))
      : text.deletionFor(grounds[ground ?? ''] ?? '');
}

/** An application: what it is about, until when it is to be answered, how it ended. */
export function RequestLine({ request }: { request: RightsRequest }): ReactNode {
  const { rights: text } = useText();
  const title = useRequestTitle();
  const askers: Record<string, string> = text.askers;
  const about = [
    request.asker && (askers[request.asker] ?? ''),
    text.asked(day(request.askedAt), request.askedBy ?? ''),
    request.decidedAt && text.decidedOn(day(request.decidedAt), request.decidedBy ?? ''),
  ].filter(Boolean);
  return (
    <div className="rights-line">
      <p>
        <b>{title(request)}</b> <RequestState request={request} />
      </p>
      <small>{about.join(' · ')}</small>
    </div>
  );
}

/** How it stands; of an open one, until when. */
export function RequestState({ request }: { request: RightsRequest }): ReactNode {
  const { rights: text } = useText();
  const states: Record<string, string> = text.states;
  const outcomes: Record<string, string> = text.outcomes;
  const [kind, words] =
    request.state !== 'open'
      ? ['ended', outcomes[request.outcome ?? ''] ?? states[request.state] ?? request.state]
      : request.overdue
        ? ['overdue', text.overdue(request.dueOn ?? '')]
        : ['due', text.due(request.dueOn ?? '', request.provisional)];
  return (
    <span className="rights-state" data-kind={kind}>
      {words}
    </span>
  );
}

import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { pathOf } from '../../../../console/parts/categories.ts';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { FileLink } from '../../../../console/parts/FileLink.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { CategoryKey } from '../../contract.ts';
import { EventSentence } from './life/EventLine.tsx';
import type { Change, Page } from './types.ts';
import { inWords } from './values.ts';

const CancelDialog = lazy(() => import('./life/CancelDialog.tsx'));
const LateProof = lazy(() => import('./life/LateProof.tsx'));
const ProofViewer = lazy(() => import('./life/ProofViewer.tsx'));

type Told = NonNullable<Change['event']>;

/** What changed, newest first: nothing is forgotten. */
export function Timeline(props: {
  category: CategoryKey;
  id: string;
  /** Of those who need one to open the file. */
  purpose: string | undefined;
  /** Whether acts of life may be cancelled here. */
  editable: boolean;
}): ReactNode {
  const text = useText();
  const { category, id, purpose } = props;
  const [cancelling, setCancelling] = useState<string | null>(null);
  const [viewed, setViewed] = useState<Told['document']>(null);
  const [proving, setProving] = useState<Told | null>(null);
  const query = useInfiniteQuery({
    queryKey: ['changes', category, id, purpose ?? null],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Change>>(
        `${pathOf[category]}/${id}/changes`,
        { cursor: pageParam, limit: 20, purpose },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const changes = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title={text.timeline.title}>
      {query.isPending && <Loading rows={3} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && changes.length === 0 && <Nothing>{text.timeline.none}</Nothing>}
      <ol className="timeline">
        {changes.map((change) => (
          <ChangeLine
            key={change.id}
            change={change}
            of={id}
            editable={props.editable}
            cancel={setCancelling}
            view={setViewed}
            prove={setProving}
          />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {text.list.more}
        </Button>
      )}
      <Suspense>
        {cancelling && <CancelDialog event={cancelling} close={() => setCancelling(null)} />}
        {viewed && (
          <ProofViewer document={viewed} purpose={purpose} close={() => setViewed(null)} />
        )}
        {proving && <LateProof event={proving} close={() => setProving(null)} />}
      </Suspense>
    </Panel>
  );
}

function ChangeLine(props: {
  change: Change;
  of: string;
  editable: boolean;
  cancel: (event: string) => void;
  view: (document: Told['document']) => void;
  prove: (event: Told) => void;
}): ReactNode {
  const { change, of } = props;
  const text = useText();
  const dictionary = useDictionary();
  const item = change.item ? dictionary.find(change.category, change.item) : undefined;
  const name =
    change.category === 'housing' && change.item === 'building'
      ? text.buildings.one
      : change.item
        ? dictionary.item(change.category, change.item)
        : '';
  const kinds: Record<string, string> = text.timeline.kinds;
  const about = [
    change.actor,
    change.source && dictionary.source(change.source),
    change.asOf && text.timeline.asOf(change.asOf),
    change.reason && text.conflict.reason(change.reason),
  ].filter(Boolean);
  return (
    <li>
      <time dateTime={change.at}>{minute(change.at)}</time>
      <div>
        <p>
          {change.subject !== of && change.subjectName && (
            <FileLink category={change.category} id={change.subject}>
              {change.subjectName}
            </FileLink>
          )}{' '}
          {change.event ? (
            <EventSentence event={change.event} />
          ) : (
            <>
              {kinds[change.kind] ?? change.kind} {name && <b>{name}</b>}
              {change.other && <Other other={change.other} />}
            </>
          )}
          {change.sealed && !change.event && (
            <span className="sealed-note">{text.timeline.sealed}</span>
          )}
          {erased(change) && <span className="sealed-note">{text.timeline.erased}</span>}
          {!change.sealed && change.item && !erased(change) && (
            <span className="before-after">
              {change.kind !== 'conflict' && (
                <>
                  <del>{inWords(dictionary, text, item, change.before) || text.timeline.empty}</del>
                  <span aria-hidden="true"> → </span>
                </>
              )}
              <ins>{inWords(dictionary, text, item, change.after) || text.timeline.empty}</ins>
            </span>
          )}
        </p>
        <small>{about.join(' · ')}</small>
        {change.event && <EventActs {...props} event={change.event} />}
      </div>
    </li>
  );
}

/** What can be done with an act: see its document or add it, cancel it. */
function EventActs(props: {
  event: Told;
  editable: boolean;
  cancel: (event: string) => void;
  view: (document: Told['document']) => void;
  prove: (event: Told) => void;
}): ReactNode {
  const { life: text } = useText();
  const { event, editable, cancel, view, prove } = props;
  const { document } = event;
  const standing = editable && !event.cancelled;
  return (
    <span className="event-acts">
      {document && (
        <Button size="small" type="link" onClick={() => view(document)}>
          {text.proofPaper.show}
        </Button>
      )}
      {!event.proven && standing && (
        <Button size="small" type="link" onClick={() => prove(event)}>
          {text.proofPaper.add}
        </Button>
      )}
      {standing && !event.cancels && (
        <Button size="small" type="link" onClick={() => cancel(event.id)}>
          {text.cancel}
        </Button>
      )}
    </span>
  );
}

/** Who or what was linked, and as what. */
function Other({ other }: { other: NonNullable<Change['other']> }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const known: Record<string, string> = {
    ...text.linked.housingKinds,
    ...text.linked.premisesRoles,
  };
  const as = other.as && (known[other.as] ?? dictionary.code('family_relation', other.as));
  return (
    <>
      {other.name && (
        <FileLink category={other.category} id={other.id}>
          {other.name}
        </FileLink>
      )}
      {as && text.timeline.linkedAs(as)}
    </>
  );
}

/** A change whose values are gone, by a deletion or at the end of their retention: not even their day is left. */
const erased = ({ sealed, item, before, after, asOf }: Change): boolean =>
  !sealed && item !== null && before === null && after === null && asOf === null;

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { ApiError, api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { minute } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { Failed, Loading, useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useSendKey } from '../../../../archive/ui/console/submit.ts';
import type { Decided, Decision, ReviewRow } from '../../../review/contract.ts';
import { useKeys } from './keys.ts';
import { CandidateCard, GivenCard, sharedLines } from './Person.tsx';
import { useTakeBack } from './takeBack.ts';

const AnotherDialog = lazy(() => import('./AnotherDialog.tsx'));

/** A row that was decided about a moment ago. */
export interface Done extends Decided {
  words: string;
}

interface Props {
  row: string;
  /** Goes on after a decision. */
  decided: (done: Done) => void;
  next: () => void;
  previous: () => void;
  back: () => void;
}

/** One row beside those it may mean, and the ways to decide: by button or by key. */
export function RowReview(props: Props): ReactNode {
  const [batch, n] = props.row.split('.');
  const query = useQuery({
    queryKey: ['gathered-row', props.row],
    queryFn: ({ signal }) => api.get<ReviewRow>(`/gather/rows/${batch}/${n}`, undefined, signal),
    // Looked at anew each time: one decides upon what stands now.
    gcTime: 0,
  });
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading rows={10} />;
  return <Opened {...props} view={query.data} />;
}

/** Nobody is number 0. */
const nobody = 0;
const buttonOf = (at: number): string => `decide-${at}`;

function Opened(props: Props & { view: ReviewRow }): ReactNode {
  const { view } = props;
  const { review: text } = useText();
  const dictionary = useDictionary();
  const [chosen, setChosen] = useState<number | null>(null);
  const [finding, setFinding] = useState(false);
  const { problem, busy, send } = useDecision(props);
  const isOpen = view.decision === 'ask';
  const link = (at: number): void => {
    const candidate = view.candidates[at - 1];
    if (candidate)
      void send(
        { decision: 'linked', resident: candidate.resident },
        text.linked(candidate.name ?? ''),
      );
  };
  const part = (): void => void send({ decision: 'parted' }, text.parted);
  const putOff = (): void => void send({ decision: 'later' }, text.putAside);
  // The button takes the focus: Enter presses it.
  const choose = (at: number): void => {
    if (!isOpen || at > view.candidates.length) return;
    setChosen(at);
    document.getElementById(buttonOf(at))?.focus();
  };
  useKeys({
    choose,
    putOff: () => isOpen && putOff(),
    next: props.next,
    previous: props.previous,
  });
  return (
    <section className="row-review" aria-label={text.row(view.n)}>
      <header className="row-head">
        <button type="button" className="link back" onClick={props.back}>
          {text.back}
        </button>
        <h2>{view.row.name ?? text.nameless}</h2>
        <p>
          {text.from(dictionary.source(view.source), view.batch, view.n)}{' '}
          <small>{view.fileName}</small>
        </p>
      </header>
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      {!isOpen && <DecidedNote view={view} next={props.next} />}
      <div
        className="persons"
        style={{ '--lines': sharedLines, '--persons': view.candidates.length + 1 } as object}
      >
        <GivenCard row={view.row} />
        {view.candidates.map((candidate, i) => (
          <CandidateCard
            key={candidate.resident}
            candidate={candidate}
            row={view.row}
            at={i + 1}
            chosen={chosen === i + 1}
            acts={
              isOpen && (
                <Button
                  type={chosen === i + 1 ? 'primary' : 'default'}
                  disabled={busy}
                  id={buttonOf(i + 1)}
                  onClick={() => link(i + 1)}
                >
                  {text.isThis(candidate.name ?? '')}
                </Button>
              )
            }
          />
        ))}
      </div>
      {view.outside > 0 && <p className="outside">{text.outside(view.outside)}</p>}
      {isOpen && (
        <div className="row-acts">
          <Button
            id={buttonOf(nobody)}
            type={chosen === nobody ? 'primary' : 'default'}
            disabled={busy}
            onClick={part}
          >
            {text.nobodyLong}
          </Button>
          <Button disabled={busy} onClick={() => setFinding(true)}>
            {text.another}
          </Button>
          <Button disabled={busy} onClick={putOff}>
            {text.putOff}
          </Button>
          <p className="keys">{text.keys}</p>
        </div>
      )}
      <Suspense>
        {finding && (
          <AnotherDialog
            choose={(resident, name) => {
              setFinding(false);
              void send({ decision: 'linked', resident }, text.linked(name));
            }}
            close={() => setFinding(false)}
          />
        )}
      </Suspense>
    </section>
  );
}

/** Sends a decision upon the version that is shown; where somebody was first, the row is looked at anew. */
function useDecision({ view, row, decided }: Props & { view: ReviewRow }) {
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (body: Decision, said: string): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem('');
    try {
      const done = await api.post<Decided>(
        `/gather/rows/${view.batch}/${view.n}/decision`,
        body,
        sendKey([row, view.version, body]),
        view.version,
      );
      for (const key of ['jobs', 'file', 'changes', 'gathered-row'])
        void client.invalidateQueries({ queryKey: [key] });
      decided({ ...done, words: said });
    } catch (error) {
      setProblem(words(error));
      if (error instanceof ApiError && [409, 412].includes(error.status))
        void client.invalidateQueries({ queryKey: ['gathered-row', row] });
    } finally {
      setBusy(false);
    }
  };
  return { problem, busy, send };
}

function DecidedNote({ view, next }: { view: ReviewRow; next: () => void }): ReactNode {
  const { review: text } = useText();
  const takeBack = useTakeBack(view, () => undefined);
  const { decided } = view;
  const by = decided?.by && decided.at ? text.decidedBy(decided.by, minute(decided.at)) : '';
  const what = text.decided[view.decision] ?? text.decided.other;
  return (
    <Alert
      type="info"
      showIcon
      title={[what, by].filter(Boolean).join(' · ')}
      action={
        <span className="note-acts">
          {(view.decision === 'linked' || view.decision === 'parted') && (
            <Button size="small" onClick={() => void takeBack()}>
              {text.takeBack}
            </Button>
          )}
          <Button size="small" onClick={next}>
            {text.next}
          </Button>
        </span>
      }
    />
  );
}

import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { figure } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import type { BatchStep, BatchView } from '../../contract.ts';
import { percent } from './amounts.ts';

/** The steps of a batch, a bar each; the one under way with its rate and the time that is left. */
export function StepBars({ batch }: { batch: BatchView }): ReactNode {
  const running = batch.steps.find(({ state }) => state === 'running');
  const rate = useRate(batch.state === 'paused' ? undefined : running);
  return (
    <ol className="steps">
      {batch.steps.map((step) => (
        <Bar
          key={step.key}
          step={step}
          rate={step === running ? rate : null}
          left={batch.secondsLeft}
        />
      ))}
    </ol>
  );
}

/** Shown, paler, while nobody knows out of how much. */
const unknownShare = 30;

function Bar(props: { step: BatchStep; rate: number | null; left: number | null }): ReactNode {
  const { batch: text } = useText().gather;
  const name = useId();
  const { key, state, done, total, unit } = props.step;
  const share = state === 'done' ? 100 : total === null ? null : percent(done, total);
  const isRunning = state === 'running';
  const seconds = leftOf(props.step, props.rate) ?? (isRunning ? props.left : null);
  return (
    <li className={`step step-${state}`}>
      <span id={name} className="step-name">
        {text.steps[key]}
      </span>
      <div
        className="job-bar"
        role="progressbar"
        aria-labelledby={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share ?? undefined}
      >
        <span style={{ width: `${share ?? (isRunning ? unknownShare : 0)}%` }} />
      </div>
      <span className="step-words">
        {state === 'waiting' && text.waiting}
        {state === 'done' && (unit === 'rows' ? text.rowsOnly(figure(done)) : text.finished)}
        {isRunning && <Running step={props.step} share={share} />}
        {isRunning && props.rate !== null && unit === 'rows' && (
          <span>{text.rate(figure(Math.round(props.rate)))}</span>
        )}
        {seconds !== null && seconds > 0 && <Left seconds={seconds} />}
      </span>
    </li>
  );
}

function Running({ step, share }: { step: BatchStep; share: number | null }): ReactNode {
  const { batch: text } = useText().gather;
  const { done, total, unit } = step;
  return (
    <>
      {share !== null && <b>{share}%</b>}
      {unit === 'rows' && (
        <span>
          {total === null ? text.rowsOnly(figure(done)) : text.rows(figure(done), figure(total))}
        </span>
      )}
    </>
  );
}

function Left({ seconds }: { seconds: number }): ReactNode {
  const { batch: text } = useText().gather;
  const words =
    seconds < 90
      ? text.seconds(Math.ceil(seconds))
      : seconds < 5_400
        ? text.minutes(Math.ceil(seconds / 60))
        : text.hours(Math.ceil(seconds / 3_600));
  return <span>{text.left(words)}</span>;
}

function leftOf({ state, done, total, unit }: BatchStep, rate: number | null): number | null {
  if (state !== 'running' || unit !== 'rows' || total === null || !rate) return null;
  return (total - done) / rate;
}

/** Rows a second of the step under way, from one answer to the next, smoothed. */
function useRate(step: BatchStep | undefined): number | null {
  const last = useRef<{ key: string; done: number; at: number }>(null);
  const [rate, setRate] = useState<number | null>(null);
  const key = step?.unit === 'rows' ? step.key : undefined;
  const done = step?.done ?? 0;
  useEffect(() => {
    const at = performance.now();
    const before = last.current;
    last.current = key === undefined ? null : { key, done, at };
    if (!before || before.key !== key) return setRate(null);
    if (done <= before.done) {
      last.current = before;
      return;
    }
    const now = (1_000 * (done - before.done)) / Math.max(1, at - before.at);
    setRate((old) => (old === null ? now : 0.6 * old + 0.4 * now));
  }, [key, done]);
  return rate;
}

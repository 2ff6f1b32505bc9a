import type { ReactNode } from 'react';
import { minute } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import type { System } from '../../../interface/contract.ts';

/** How a system stands: withdrawn, or how sending to it goes. */
export function SendingMark({ system: { sending, endedAt } }: { system: System }): ReactNode {
  const { systems: text } = useText();
  if (endedAt !== null) return <span className="tag">{text.states.ended}</span>;
  if (sending === null) return <span className="help">{text.states.used}</span>;
  const { state, failingSince, nextAt } = sending;
  const isBad = state === 'dead' || state === 'failing';
  return (
    <span className={isBad ? 'sending bad' : 'sending'}>
      {text.sendingStates[state]}
      {failingSince !== null && <small>{text.since(minute(failingSince))}</small>}
      {nextAt !== null && <small>{text.next(minute(nextAt).slice(11))}</small>}
    </span>
  );
}

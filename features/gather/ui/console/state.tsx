import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import type { BatchState } from '../../contract.ts';

const colours: Record<BatchState, string> = {
  queued: '',
  staging: 'tag-blue',
  matching: 'tag-blue',
  merging: 'tag-blue',
  undoing: 'tag-blue',
  paused: 'tag-orange',
  stopped: 'tag-red',
  done: 'tag-green',
  undone: '',
  refused: 'tag-red',
};

/** Where a batch stands, as a tag. */
export function StateTag({ state }: { state: BatchState }): ReactNode {
  const { gather: text } = useText();
  return <span className={`tag ${colours[state]}`}>{text.states[state]}</span>;
}

/** Whether a batch goes on by itself, so that its page asks again. */
export const isMoving = (state: BatchState): boolean =>
  ['queued', 'staging', 'matching', 'merging', 'undoing'].includes(state);

/** The department that a source is. */
export function useSourceName(): (source: string) => string {
  const departments: Record<string, string> = useText().departments;
  return (source) => departments[source] ?? source;
}

import type { ReactNode } from 'react';
import { type Item, useDictionary } from '../../../../console/dictionary.tsx';
import { minute } from '../../../../console/format.ts';
import { Gathered } from '../../../../console/gathered.tsx';
import { useText } from '../../../../console/language.tsx';
import type { Conflict } from '../../contract.ts';
import { inWords } from './values.ts';

/** A value that stands against the one in force: who says so, when, why. */
export function ConflictNote(props: { item: Item; conflict: Conflict; record: string }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { conflict } = props;
  const about = [
    dictionary.source(conflict.source),
    text.conflict.asOf(conflict.asOf),
    conflict.actor,
    minute(conflict.at),
    conflict.reason && text.conflict.reason(conflict.reason),
  ].filter(Boolean);
  return (
    <p className="conflict">
      <b>{text.conflict.other(inWords(dictionary, text, props.item, conflict.value))}</b>
      <small>{about.join(' · ')}</small>
      {conflict.batch !== undefined && conflict.row !== undefined && (
        <Gathered record={props.record} batch={conflict.batch} row={conflict.row} />
      )}
    </p>
  );
}

import { Tag } from 'antd';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import type { Change } from '../types.ts';

type Told = NonNullable<Change['event']>;

/** An act of life as a sentence, with its day and proof. */
export function EventSentence({ event }: { event: Told }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const names = event.residents.map(({ name }) => name ?? text.life.someone).join('、');
  const sentences: Record<string, (names: string, place: string, act: string) => string> =
    text.life.sentences;
  const acts: Record<string, string> = text.life.acts;
  const place = event.toName ?? event.place ?? '';
  return (
    <>
      <b className={event.cancelled ? 'struck' : undefined}>
        {sentences[event.kind]?.(names, place, acts[event.cancels ?? ''] ?? '') ?? event.kind}
      </b>{' '}
      <small>
        {text.life.on(event.day)}
        {event.proof && ` · ${text.life.byProof(dictionary.code('life_proof', event.proof))}`}
      </small>
      {event.cancelled && <Tag>{text.life.cancelled}</Tag>}
    </>
  );
}

import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { differences } from './differences.ts';

/** A value; what differs from the other is underlined, bold, and told to screen readers. */
export function Difference(props: {
  text: string;
  other: string | null;
  /** Another value although it reads the same: of two ids the mask may be one. */
  whole: boolean;
}): ReactNode {
  const { review } = useText();
  if (props.other === null || (props.other === props.text && !props.whole)) return props.text;
  const pieces = differences(props.text, props.other === props.text ? '' : props.other);
  return (
    <>
      {pieces.map((piece, at) =>
        piece.differs ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name, and never move
          <mark key={at} className="differs">
            {piece.text}
          </mark>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <span key={at}>{piece.text}</span>
        ),
      )}
      <span className="unseen">{review.differs}</span>
    </>
  );
}

import { type ReactNode, useEffect, useRef } from 'react';
import type { Static } from 'typebox';
import type { SearchHit } from '../../features/archive/contract.ts';
import type { Post } from '../../features/identity/contract.ts';
import { useDictionary } from '../dictionary.tsx';
import { useText } from '../language.tsx';
import { usePostName } from './postName.ts';

/** What was typed, marked where it stands in a text. */
function Marked({ words, query }: { words: string; query: string }): ReactNode {
  const at = words.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0 || query === '') return words;
  return (
    <>
      {words.slice(0, at)}
      <mark>{words.slice(at, at + query.length)}</mark>
      {words.slice(at + query.length)}
    </>
  );
}

/** One hit: its name, who it is, where it is. */
export function SearchHitLine(props: {
  hit: Static<typeof SearchHit>;
  query: string;
  selected: boolean;
  otherPost: Post | null;
  choose: () => void;
  point: () => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const nameOf = usePostName();
  const line = useRef<HTMLDivElement>(null);
  const { hit } = props;
  useEffect(() => {
    if (props.selected) line.current?.scrollIntoView({ block: 'nearest' });
  }, [props.selected]);
  const about = [
    hit.sex && dictionary.value('resident', 'sex', hit.sex),
    hit.age !== null && text.file.years(hit.age),
    hit.phoneMask,
  ].filter(Boolean);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox
    <div
      ref={line}
      id={`hit-${hit.id}`}
      role="option"
      aria-selected={props.selected}
      className="hit"
      onMouseDown={(event) => event.preventDefault()}
      onMouseMove={props.point}
      onClick={props.choose}
    >
      <span className="hit-kind">{text.categories[hit.category]}</span>
      <span className="hit-title">
        <b>
          <Marked words={hit.title} query={props.query} />
        </b>
        {about.length > 0 && <span>{about.join(' · ')}</span>}
      </span>
      <span className="hit-detail">
        {hit.detail && <Marked words={hit.detail} query={props.query} />}
        <span>{hit.area.name}</span>
        {props.otherPost && <em>{text.search.otherPost(nameOf(props.otherPost))}</em>}
      </span>
    </div>
  );
}

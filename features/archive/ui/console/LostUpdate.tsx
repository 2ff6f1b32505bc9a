import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import type { CategoryKey } from '../../contract.ts';
import type { Values } from './types.ts';
import { inWords } from './values.ts';

/** Someone else's values beside one's own: nothing typed is lost, nothing of theirs hidden. */
export function LostUpdate(props: {
  category: CategoryKey;
  items: string[];
  mine: Values;
  theirs: Values;
  takeTheirs: (item: string) => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { category, mine, theirs } = props;
  const words = (item: string, values: Values): string =>
    inWords(dictionary, text, dictionary.find(category, item), values[item] ?? null) ||
    text.timeline.empty;
  return (
    <section className="lost" aria-label={text.lost.title}>
      <p>{text.lost.help}</p>
      <ul>
        {props.items.map((item) => (
          <li key={item}>
            <b>{dictionary.item(category, item)}</b>
            <span>{text.lost.theirs(words(item, theirs))}</span>
            {item in mine && (
              <>
                <span>{text.lost.mine(words(item, mine))}</span>
                <Button size="small" onClick={() => props.takeTheirs(item)}>
                  {text.lost.take}
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

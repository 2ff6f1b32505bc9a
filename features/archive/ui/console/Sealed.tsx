import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { type Item, useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { pathOf } from '../../../../console/parts/categories.ts';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import type { CategoryKey } from '../../contract.ts';
import { PurposeDialog } from './PurposeDialog.tsx';
import type { RevealedItem } from './types.ts';

/** A sealed item: shown for a minute once a purpose is named; the naming is recorded. */
export function Sealed(props: {
  category: CategoryKey;
  id: string;
  item: Item;
  mask: string | null;
  purpose: string | undefined;
  revealed: boolean;
  setRevealed: (revealed: RevealedItem | null) => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const words = useProblemText();
  const [asking, setAsking] = useState(false);
  const label = dictionary.label(props.item.label);

  const reveal = async (purpose: string): Promise<void> => {
    try {
      props.setRevealed(
        await api.post<RevealedItem>(`${pathOf[props.category]}/${props.id}/reveals`, {
          item: props.item.key,
          purpose,
        }),
      );
      setAsking(false);
    } catch (error) {
      say(words(error));
    }
  };

  if (props.revealed) {
    return (
      <button type="button" className="link" onClick={() => props.setRevealed(null)}>
        {text.sealed.hide}
      </button>
    );
  }
  return (
    <span className="sealed">
      <span className="figures-font" title={text.sealed.title}>
        {props.mask ?? '••••••'}
      </span>
      <button
        type="button"
        className="link"
        aria-label={text.sealed.revealOf(label)}
        onClick={() => setAsking(true)}
      >
        {text.sealed.reveal}
      </button>
      {asking && (
        <PurposeDialog
          title={text.sealed.revealOf(label)}
          help={text.sealed.help}
          preset={props.purpose}
          choose={reveal}
          cancel={() => setAsking(false)}
        />
      )}
    </span>
  );
}

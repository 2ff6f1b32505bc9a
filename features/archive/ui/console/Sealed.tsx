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

/** A sealed item's button: shown for a minute once a purpose is named; the naming is recorded. */
export function Sealed(props: {
  category: CategoryKey;
  id: string;
  item: Item;
  /** What the button says. */
  children: ReactNode;
  className: string;
  purpose: string | undefined;
  setRevealed: (revealed: RevealedItem) => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const words = useProblemText();
  const [asking, setAsking] = useState(false);
  const label = dictionary.label(props.item.label);

  const reveal = async (purpose: string): Promise<void> => {
    try {
      const revealed = await api.post<RevealedItem>(
        `${pathOf[props.category]}/${props.id}/reveals`,
        { item: props.item.key, purpose },
      );
      setAsking(false);
      props.setRevealed(revealed);
    } catch (error) {
      say(words(error));
    }
  };

  return (
    <>
      <button
        type="button"
        className={props.className}
        aria-label={text.sealed.revealOf(label)}
        title={text.sealed.title}
        onClick={() => setAsking(true)}
      >
        {props.children}
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
    </>
  );
}

/** Puts a revealed item out of sight again. */
export function Hide({ hide }: { hide: () => void }): ReactNode {
  const { sealed } = useText();
  return (
    // biome-ignore lint/a11y/noAutofocus: the button that was pressed has gone; focus stays with the item
    <button type="button" className="link" autoFocus onClick={hide}>
      {sealed.hide}
    </button>
  );
}

/** A small lock, for what is sealed. */
export function Lock(): ReactNode {
  return (
    <svg className="lock" viewBox="0 0 12 14" width="10" height="12" aria-hidden="true">
      <path
        d="M3.5 6V4a2.5 2.5 0 0 1 5 0v2M2 6h8v7H2z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinejoin="round"
      />
    </svg>
  );
}

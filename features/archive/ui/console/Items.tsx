import { type ReactNode, useEffect, useState } from 'react';
import { type Item, useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { CategoryKey } from '../../contract.ts';
import { ConflictNote } from './ConflictNote.tsx';
import { Sealed } from './Sealed.tsx';
import type { AnyFile, RevealedItem } from './types.ts';
import { ValueWithLineage } from './ValueWithLineage.tsx';

const shownFor = 60_000;

/** The items of a file by section; one sealed item at a time stands revealed, for a minute. */
export function Items(props: {
  category: CategoryKey;
  file: AnyFile;
  masks: Record<string, string | null>;
  purpose: string | undefined;
  edit: (item: string) => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { category, file } = props;
  const [revealed, setRevealed] = useState<RevealedItem | null>(null);
  const [all, setAll] = useState(false);

  useEffect(() => {
    if (!revealed) return;
    const timer = setTimeout(() => setRevealed(null), shownFor);
    return () => clearTimeout(timer);
  }, [revealed]);

  const items = dictionary.items(category);
  const seen = (item: Item): boolean =>
    all || item.key in file.items || file.missing.includes(item.key) || isSealed(file, item.key);
  const hidden = items.filter((item) => !seen(item)).length;

  return (
    <Panel
      title={text.file.items}
      extra={
        (hidden > 0 || all) && (
          <button type="button" className="link" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? text.file.hideEmpty : text.file.showEmpty(hidden)}
          </button>
        )
      }
    >
      <div className="sections">
        {dictionary.sections(category).map((section) => {
          const within = items.filter((item) => item.section === section.key && seen(item));
          if (within.length === 0) return null;
          return (
            <section key={section.key} className="items-section">
              <h3>{dictionary.label(section.label)}</h3>
              <dl>
                {within.map((item) => (
                  <div key={item.key} className="item">
                    <dt>
                      {dictionary.label(item.label)}
                      {item.required && <i title={text.form.required}> *</i>}
                    </dt>
                    <dd>
                      <ItemCell
                        {...props}
                        item={item}
                        revealed={revealed?.item === item.key ? revealed : null}
                        setRevealed={setRevealed}
                      />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Panel>
  );
}

const isSealed = (file: AnyFile, item: string): boolean =>
  !(item in file.items) && file.abilities.reveal.includes(item);

/** One item: its value with lineage, a seal, or what to do about its absence. */
function ItemCell(props: {
  category: CategoryKey;
  file: AnyFile;
  item: Item;
  masks: Record<string, string | null>;
  purpose: string | undefined;
  edit: (item: string) => void;
  revealed: RevealedItem | null;
  setRevealed: (revealed: RevealedItem | null) => void;
}): ReactNode {
  const text = useText();
  const { category, file, item } = props;
  const view = props.revealed?.view ?? file.items[item.key];
  const conflicts = [
    ...file.conflicts.filter((conflict) => conflict.item === item.key),
    ...(props.revealed?.conflicts ?? []),
  ];
  const editable = file.abilities.editable.includes(item.key);
  return (
    <>
      {view && (
        <ValueWithLineage
          item={item}
          view={view}
          stale={view.stale ?? file.staleItems.includes(item.key)}
        />
      )}
      {!view && props.revealed && <span className="empty">{text.file.notRecorded}</span>}
      {isSealed(file, item.key) && (
        <Sealed
          category={category}
          id={file.id}
          item={item}
          mask={props.masks[item.key] ?? null}
          purpose={props.purpose}
          revealed={props.revealed !== null}
          setRevealed={props.setRevealed}
        />
      )}
      {!view && !isSealed(file, item.key) && (
        <span className="empty">
          {text.file.notRecorded}
          {editable && (
            <button type="button" className="link" onClick={() => props.edit(item.key)}>
              {text.file.fill}
            </button>
          )}
        </span>
      )}
      {conflicts.map((conflict) => (
        <ConflictNote key={conflict.id} item={item} conflict={conflict} />
      ))}
    </>
  );
}

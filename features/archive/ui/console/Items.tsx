import { type ReactNode, useEffect, useState } from 'react';
import { type Item, type Section, useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { CategoryKey } from '../../contract.ts';
import { ConflictNote } from './ConflictNote.tsx';
import { Hide, Lock, Sealed } from './Sealed.tsx';
import type { AnyFile, RevealedItem } from './types.ts';
import { ValueWithLineage } from './ValueWithLineage.tsx';

const shownFor = 60_000;
const ofAge = 18;

interface Props {
  category: CategoryKey;
  file: AnyFile;
  /** What stands for a sealed item until it is revealed, where the server gives a part of it. */
  masks: Record<string, string | null>;
  /** Years, where the file is a person's. */
  age: number | null;
  purpose: string | undefined;
  edit: (item: string) => void;
}

interface Shown extends Props {
  all: boolean;
  revealed: RevealedItem | null;
  setRevealed: (revealed: RevealedItem | null) => void;
}

/** The items of a file by section; one sealed item at a time stands revealed, for a minute. */
export function Items(props: Props): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const [revealed, setRevealed] = useState<RevealedItem | null>(null);
  const [all, setAll] = useState(false);

  useEffect(() => {
    if (!revealed) return;
    const timer = setTimeout(() => setRevealed(null), shownFor);
    return () => clearTimeout(timer);
  }, [revealed]);

  const hidden = dictionary.items(props.category).filter((item) => !seen(props, item)).length;
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
        {dictionary.sections(props.category).map((section) => (
          <Part
            key={section.key}
            {...props}
            section={section}
            all={all}
            revealed={revealed}
            setRevealed={setRevealed}
          />
        ))}
      </div>
    </Panel>
  );
}

/** Whether an item shows without being asked for: it has a value, lacks one, or is under seal. */
function seen({ file, age }: Props, item: Item): boolean {
  if (item.retired && !(item.key in file.items)) return isSealed(file, item.key);
  if (item.group === 'minor' && age !== null && age >= ofAge) return false;
  return item.key in file.items || file.missing.includes(item.key) || isSealed(file, item.key);
}

/** What is missing is known to be missing: only what may be there stands under seal. */
const isSealed = (file: AnyFile, item: string): boolean =>
  !(item in file.items) && !file.missing.includes(item) && file.abilities.reveal.includes(item);

/** A section: its open items a line each, those under seal together in the last line. */
function Part(props: Shown & { section: Section }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { category, file, section, revealed } = props;
  const within = dictionary
    .items(category)
    .filter(
      (item) => item.section === section.key && ((props.all && !item.retired) || seen(props, item)),
    );
  if (within.length === 0) return null;
  const closed = within.filter(
    ({ key }) => isSealed(file, key) && !props.masks[key] && revealed?.item !== key,
  );
  return (
    <section className="items-section">
      <h3>{dictionary.label(section.label)}</h3>
      <dl>
        {within
          .filter((item) => !closed.includes(item))
          .map((item) => (
            <div key={item.key} className="item">
              <dt>
                {dictionary.label(item.label)}
                {item.retired && <span className="tag">{text.items.retired}</span>}
              </dt>
              <dd>
                <ItemCell {...props} item={item} />
              </dd>
            </div>
          ))}
        {closed.length > 0 && (
          <div className="item">
            <dt>{text.sealed.group}</dt>
            <dd className="seals">
              {closed.map((item) => (
                <Sealed
                  key={item.key}
                  category={category}
                  id={file.id}
                  item={item}
                  className="seal"
                  purpose={props.purpose}
                  setRevealed={props.setRevealed}
                >
                  <Lock />
                  {dictionary.label(item.label)}
                </Sealed>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

/** One item: its value with lineage, a mask, or what to do about its absence. */
function ItemCell(props: Shown & { item: Item }): ReactNode {
  const text = useText();
  const { category, file, item } = props;
  const revealed = props.revealed?.item === item.key ? props.revealed : null;
  const view = revealed?.view ?? file.items[item.key];
  const conflicts = [
    ...file.conflicts.filter((conflict) => conflict.item === item.key),
    ...(revealed?.conflicts ?? []),
  ];
  const sealed = isSealed(file, item.key) && !revealed;
  return (
    <>
      {view && (
        <ValueWithLineage
          item={item}
          view={view}
          record={file.id}
          stale={view.stale ?? file.staleItems.includes(item.key)}
        />
      )}
      {revealed && (
        <>
          {!view && <span className="empty">{text.file.notRecorded}</span>}{' '}
          <Hide hide={() => props.setRevealed(null)} />
        </>
      )}
      {sealed && (
        <span className="sealed">
          <span className="figures-font">{props.masks[item.key]}</span>
          <Sealed
            category={category}
            id={file.id}
            item={item}
            className="link"
            purpose={props.purpose}
            setRevealed={props.setRevealed}
          >
            {text.sealed.reveal}
          </Sealed>
        </span>
      )}
      {!view && !revealed && !sealed && (
        <span className="empty">
          {text.file.notRecorded}
          {file.abilities.editable.includes(item.key) && (
            <button type="button" className="link" onClick={() => props.edit(item.key)}>
              {text.file.fill}
            </button>
          )}
        </span>
      )}
      {conflicts.map((conflict) => (
        <ConflictNote key={conflict.id} item={item} conflict={conflict} record={file.id} />
      ))}
    </>
  );
}

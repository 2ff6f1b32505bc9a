import { Button, Checkbox, Input, InputNumber, Segmented, Select } from 'antd';
import { type ReactNode, useId, useRef, useState } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { Building } from '../../../buildings/contract.ts';
import type { Shape } from '../../../shapes/contract.ts';
import { byCompound } from '../buildings/data.ts';
import { type Draft, draftOf, shapeOf } from '../map/draft.ts';
import {
  byNumbers,
  byShape,
  byWords,
  dwellersOf,
  type Going,
  type NumberUnit,
  numberUnits,
  type PlacedHousehold,
  sent,
  shapeIn,
} from './choose.ts';
import type { Titled } from './Targets.tsx';

type Way = 'buildings' | 'numbers' | 'words' | 'shape';

interface Props {
  households: readonly PlacedHousehold[];
  buildings: readonly Building[];
  going: Going;
  setGoing: (going: Going) => void;
  target: Titled | undefined;
  /** The outline being drawn; null when none is. */
  draft: Draft | null;
  setDraft: (draft: Draft | null) => void;
}

/** Chooses households for the target at hand: by building, number, address or shape. */
export function Chooser(props: Props): ReactNode {
  const { buildings, setDraft, target } = props;
  const text = useText().split;
  const [way, setWay] = useState<Way>(buildings.length > 0 ? 'buildings' : 'numbers');
  return (
    <Panel title={text.choose}>
      <Segmented<Way>
        aria-label={text.choose}
        block
        value={way}
        onChange={(next) => {
          setWay(next);
          setDraft(null);
        }}
        options={(['buildings', 'numbers', 'words', 'shape'] as const).map((value) => ({
          value,
          label: text.ways[value],
        }))}
      />
      {target && <p className="split-active">{text.active(target.title)}</p>}
      {way === 'buildings' && <ByBuilding {...props} />}
      {way === 'numbers' && <ByNumber {...props} />}
      {way === 'words' && <ByWords {...props} />}
      {way === 'shape' && <ByShape {...props} />}
    </Panel>
  );
}

function ByBuilding({ households, buildings, going, setGoing, target }: Props): ReactNode {
  const text = useText();
  if (buildings.length === 0) return <Nothing>{text.split.noBuildings}</Nothing>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <ul className="split-list" tabIndex={0} aria-label={text.split.ways.buildings}>
      {byCompound(buildings).map((building) => {
        const dwellers = dwellersOf(households, buildings, building);
        const there = dwellers.filter(({ id }) => going.get(id) === target?.key);
        const all = dwellers.length > 0 && there.length === dwellers.length;
        return (
          <li key={building.id} className={building.parent ? 'in-compound' : ''}>
            <Checkbox
              checked={all}
              indeterminate={there.length > 0 && !all}
              disabled={dwellers.length === 0 || !target}
              onChange={({ target: { checked } }) =>
                setGoing(sent(going, dwellers, checked ? (target?.key ?? null) : null))
              }
            >
              {building.name}
            </Checkbox>
            <span>{text.book.counted.household(String(dwellers.length))}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** What was found, and the two things that can be done with it. */
function Found(props: Props & { found: readonly PlacedHousehold[] }): ReactNode {
  const { found, going, setGoing, target } = props;
  const text = useText().split;
  if (!target) return null;
  return (
    <div className="split-found">
      <p role="status">{text.found(found.length)}</p>
      <div className="map-acts">
        <Button
          type="primary"
          disabled={found.length === 0}
          onClick={() => setGoing(sent(going, found, target.key))}
        >
          {text.send(found.length, target.title)}
        </Button>
        {found.some(({ id }) => going.has(id)) && (
          <Button onClick={() => setGoing(sent(going, found, null))}>
            {text.bring(found.length)}
          </Button>
        )}
      </div>
    </div>
  );
}

function ByNumber(props: Props): ReactNode {
  const text = useText().split;
  const id = useId();
  const [unit, setUnit] = useState<NumberUnit>('号');
  const [from, setFrom] = useState<number | null>(null);
  const [to, setTo] = useState<number | null>(null);
  const number = (name: string, label: string, set: (value: number | null) => void) => (
    <div>
      <label htmlFor={id + name}>{label}</label>
      <InputNumber id={id + name} min={0} precision={0} controls={false} onChange={set} />
    </div>
  );
  return (
    <>
      <div className="split-range">
        {number('from', text.from, setFrom)}
        {number('to', text.to, setTo)}
        <div>
          <label htmlFor={`${id}unit`}>{text.unit}</label>
          <Select
            id={`${id}unit`}
            value={unit}
            onChange={setUnit}
            options={numberUnits.map((value) => ({ value, label: value }))}
          />
        </div>
      </div>
      <Found {...props} found={byNumbers(props.households, unit, from, to)} />
    </>
  );
}

function ByWords(props: Props): ReactNode {
  const text = useText().split;
  const id = useId();
  const [words, setWords] = useState('');
  return (
    <>
      <div className="split-words">
        <label htmlFor={id}>{text.wordsLabel}</label>
        <Input
          id={id}
          value={words}
          maxLength={60}
          autoComplete="off"
          placeholder={text.wordsHelp}
          onChange={({ target }) => setWords(target.value)}
        />
      </div>
      <Found {...props} found={byWords(props.households, words)} />
    </>
  );
}

function ByShape(props: Props): ReactNode {
  const { households, draft, setDraft } = props;
  const text = useText().split;
  const input = useRef<HTMLInputElement>(null);
  const [imported, setImported] = useState<Shape | null>(null);
  const [problem, setProblem] = useState('');
  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      const shape = shapeIn(JSON.parse(await file.text()));
      setImported(shape);
      setDraft(shape && draftOf(shape));
      setProblem(shape ? '' : text.notShape);
    } catch {
      setProblem(text.notShape);
    }
  };
  const shape = draft && draft.points.length > 2 ? shapeOf(draft) : imported;
  const nowhere = households.filter(({ at }) => at === null);
  return (
    <>
      <p className="help">{text.shapeHelp}</p>
      <div className="map-acts">
        <Button
          onClick={() => {
            setImported(null);
            setDraft({ points: [], before: [] });
          }}
        >
          {text.draw}
        </Button>
        <Button onClick={() => input.current?.click()}>{text.importShape}</Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".geojson,.json,application/geo+json,application/json"
          aria-label={text.importShape}
          onChange={(event) => {
            void read(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
      </div>
      {problem && (
        <p className="map-problem" role="alert">
          {problem}
        </p>
      )}
      {nowhere.length > 0 && (
        <details className="split-nowhere">
          <summary>{text.noPlace(nowhere.length)}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
          <ul className="split-list" tabIndex={0} aria-label={text.noPlaceList}>
            {nowhere.slice(0, 500).map(({ id, address }) => (
              <li key={id}>{address}</li>
            ))}
          </ul>
        </details>
      )}
      <Found {...props} found={byShape(households, shape)} />
    </>
  );
}

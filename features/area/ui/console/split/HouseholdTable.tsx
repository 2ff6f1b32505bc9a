import { Input } from 'antd';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { type Going, type PlacedHousehold, sent } from './choose.ts';
import type { Titled } from './Targets.tsx';

const shown = 300;

/** Every household of the grid with where it goes: single ones are sent elsewhere here. */
export function HouseholdTable(props: {
  households: readonly PlacedHousehold[];
  going: Going;
  setGoing: (going: Going) => void;
  targets: readonly Titled[];
}): ReactNode {
  const { households, going, setGoing, targets } = props;
  const text = useText();
  const [typed, setTyped] = useState('');
  const words = useDeferredValue(typed.trim());
  const found = households.filter(({ address }) => words === '' || address?.includes(words));
  return (
    <Panel title={text.split.households}>
      <Input
        aria-label={text.split.filter}
        placeholder={text.split.filter}
        value={typed}
        maxLength={60}
        onChange={({ target }) => setTyped(target.value)}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <ul className="split-list split-homes" tabIndex={0} aria-label={text.split.households}>
        {found.slice(0, shown).map((one) => (
          <li key={one.id}>
            <span>
              {one.address ?? text.list.unnamed}
              <small> {text.book.counted.resident(String(one.members))}</small>
            </span>
            <select
              aria-label={`${one.address ?? text.list.unnamed} ${text.split.where}`}
              value={going.get(one.id) ?? ''}
              onChange={({ target }) => setGoing(sent(going, [one], target.value || null))}
            >
              <option value="">{text.split.staying}</option>
              {targets.map(({ key, title }) => (
                <option key={key} value={key}>
                  {title}
                </option>
              ))}
            </select>
          </li>
        ))}
      </ul>
      {found.length > shown && <p className="help">{text.split.more(found.length - shown)}</p>}
    </Panel>
  );
}

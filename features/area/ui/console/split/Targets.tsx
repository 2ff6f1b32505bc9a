import { Button, Input, Radio, Select } from 'antd';
import { type ReactNode, useId } from 'react';
import { newId } from '../../../../../console/ids.ts';
import { useText } from '../../../../../console/language.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { AreaShape } from '../../../shapes/contract.ts';
import type { Target } from './choose.ts';

/** A target with what it is called on the page, named yet or not. */
export interface Titled extends Target {
  title: string;
}

/** The grids that take households over: new ones by name, or others of the village. */
export function Targets(props: {
  targets: readonly Titled[];
  siblings: readonly AreaShape[];
  active: string;
  setActive: (key: string) => void;
  change: (targets: Target[]) => void;
}): ReactNode {
  const { targets, siblings, active, setActive, change } = props;
  const text = useText().split;
  const id = useId();
  const plain = targets.map(({ key, name, to }): Target => ({ key, name, to }));
  const add = (target: Omit<Target, 'key'>): void => {
    const key = newId();
    change([...plain, { key, ...target }]);
    setActive(key);
  };
  const free = siblings.filter(({ code }) => !targets.some(({ to }) => to === code));
  return (
    <Panel title={text.targets}>
      <ul className="split-targets">
        {targets.map((target, at) => (
          <li key={target.key} className={`part-${at % 6}`}>
            <Radio
              checked={target.key === active}
              onChange={() => setActive(target.key)}
              aria-label={text.active(target.title)}
            />
            {target.to === undefined ? (
              <Input
                aria-label={text.newGrid}
                placeholder={text.newGrid}
                maxLength={40}
                value={target.name}
                onChange={({ target: { value } }) =>
                  change(
                    plain.map((one) => (one.key === target.key ? { ...one, name: value } : one)),
                  )
                }
              />
            ) : (
              <span>{target.name}</span>
            )}
            {targets.length > 1 && (
              <Button
                size="small"
                type="text"
                aria-label={text.remove(target.title)}
                onClick={() => change(plain.filter(({ key }) => key !== target.key))}
              >
                ✕
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className="map-acts">
        <Button onClick={() => add({ name: '', to: undefined })}>{text.addNew}</Button>
        {free.length > 0 && (
          <>
            <label className="unseen" htmlFor={id}>
              {text.existing}
            </label>
            <Select
              id={id}
              placeholder={text.addExisting}
              value={null}
              popupMatchSelectWidth={false}
              onChange={(code: string | null) => {
                const chosen = free.find((one) => one.code === code);
                if (!chosen) return;
                // A grid still unnamed and unused makes room.
                const [only] = plain;
                if (plain.length === 1 && only?.name === '' && only.to === undefined)
                  change([{ ...only, name: chosen.name, to: chosen.code }]);
                else add({ name: chosen.name, to: chosen.code });
              }}
              options={free.map(({ code, name }) => ({ value: code, label: name }))}
            />
          </>
        )}
      </div>
    </Panel>
  );
}

import { Radio } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';

/** Who applies. */
export function AskerField<Key extends string>(props: {
  askers: readonly Key[];
  asker: Key;
  set: (asker: Key) => void;
}): ReactNode {
  const { rights: text } = useText();
  const words: Record<string, string> = text.askers;
  return (
    <fieldset className="fields purposes">
      <legend>{text.asker}</legend>
      <Radio.Group
        value={props.asker}
        onChange={({ target }) => props.set(target.value)}
        options={props.askers.map((value) => ({ value, label: words[value] ?? value }))}
      />
    </fieldset>
  );
}

import { Modal, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';

/** Asks for one purpose of the catalogue; no free words take its place. */
export function PurposeDialog(props: {
  title: string;
  help: string;
  preset?: string;
  /** What the button says, where it is not to look. */
  go?: string;
  /** It cannot be done: the help says why. */
  blocked?: boolean;
  choose: (purpose: string) => void | Promise<void>;
  cancel: () => void;
  /** Further fields. */
  children?: ReactNode;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const dictionary = useDictionary();
  const [chosen, setChosen] = useState(props.preset);
  const [busy, setBusy] = useState(false);
  return (
    <Modal
      open
      title={props.title}
      okText={props.go ?? text.purpose.go}
      cancelText={text.app.cancel}
      okButtonProps={{ disabled: !chosen || props.blocked === true }}
      confirmLoading={busy}
      onCancel={props.cancel}
      onOk={() => {
        if (!chosen) return;
        setBusy(true);
        void Promise.resolve(props.choose(chosen)).finally(() => setBusy(false));
      }}
    >
      <p className="help">{props.help}</p>
      <fieldset className="purposes">
        <legend className="unseen">{text.purpose.label}</legend>
        <Radio.Group
          value={chosen}
          onChange={({ target }) => setChosen(String(target.value))}
          options={dictionary.view.purposes.map((purpose) => ({
            value: purpose.key,
            label: dictionary.label(purpose.label),
          }))}
        />
      </fieldset>
      {props.children}
    </Modal>
  );
}

import { Alert, Button, Drawer, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { searchable } from '../../../../../console/parts/icons.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { Field } from '../Field.tsx';
import { fieldErrors, focusField, useSendKey } from '../submit.ts';
import type { Resident, Value } from '../types.ts';
import { AskerField } from './AskerField.tsx';
import type { Asked } from './types.ts';

const askers = ['self', 'guardian', 'relative', 'agent'] as const;

/** 申请更正: which item is wrong, what is right, what shows it. */
export default function CorrectionDrawer(props: { file: Resident; close: () => void }): ReactNode {
  useReturnFocus();
  const text = useText();
  const dictionary = useDictionary();
  const words = useProblemText();
  const sendKey = useSendKey();
  const [asker, setAsker] = useState<(typeof askers)[number]>('self');
  const [key, setKey] = useState<string>();
  const [value, setValue] = useState<Value>(null);
  const [said, setSaid] = useState({ wrong: '', proof: '' });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const item = key === undefined ? undefined : dictionary.find('resident', key);

  const clear = (name: string): void => setErrors({ ...errors, [name]: '' });

  const send = async (): Promise<void> => {
    const missing = {
      ...(key === undefined ? { item: text.rights.itemNeeded } : {}),
      ...(said.wrong.trim() === '' ? { wrong: text.rights.wrongNeeded } : {}),
      ...(said.proof.trim() === '' ? { proof: text.rights.proofNeeded } : {}),
    };
    setErrors(missing);
    if (Object.keys(missing).length > 0) return focusField(Object.keys(missing)[0]);
    setBusy(true);
    setProblem('');
    const body = { asker, item: key, value, wrong: said.wrong.trim(), proof: said.proof.trim() };
    try {
      const path = `/residents/${props.file.id}/corrections`;
      const { dueOn } = await api.post<Asked>(path, body, sendKey(body));
      say(text.rights.askedUntil(dueOn));
      props.close();
    } catch (error) {
      setBusy(false);
      setErrors(fieldErrors(error));
      setProblem(words(error));
    }
  };

  const area = (name: 'wrong' | 'proof', label: string, help: string): ReactNode => (
    <div className="field wide">
      <label htmlFor={`field-${name}`}>
        {label}
        <i aria-hidden="true"> *</i>
        <span className="unseen">{text.form.required}</span>
      </label>
      <Input.TextArea
        id={`field-${name}`}
        autoSize={{ minRows: 2, maxRows: 6 }}
        maxLength={500}
        status={errors[name] ? 'error' : undefined}
        aria-invalid={Boolean(errors[name])}
        aria-describedby={`field-${name}-about`}
        value={said[name]}
        onChange={({ target }) => {
          setSaid({ ...said, [name]: target.value });
          clear(name);
        }}
      />
      <p id={`field-${name}-about`} className={errors[name] ? 'field-error' : 'help'}>
        {errors[name] || help}
      </p>
    </div>
  );

  return (
    <Drawer
      open
      size={560}
      title={text.rights.correctOf(props.file.name)}
      onClose={props.close}
      footer={
        <div className="drawer-foot">
          <Button onClick={props.close}>{text.app.cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => void send()}>
            {text.rights.send}
          </Button>
        </div>
      }
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <p className="help">{text.rights.correctHelp}</p>
      <AskerField askers={askers} asker={asker} set={setAsker} />
      <fieldset className="fields">
        <legend>{text.rights.what}</legend>
        <div className="field wide">
          <label htmlFor="field-item">
            {text.rights.item}
            <i aria-hidden="true"> *</i>
            <span className="unseen">{text.form.required}</span>
          </label>
          <Select
            id="field-item"
            showSearch={searchable}
            status={errors.item ? 'error' : undefined}
            aria-invalid={Boolean(errors.item)}
            aria-describedby="field-item-about"
            value={key}
            onChange={(chosen: string) => {
              setKey(chosen);
              clear('item');
              setValue(props.file.items[chosen]?.value ?? null);
            }}
            options={props.file.abilities.editable.map((one) => ({
              value: one,
              label: dictionary.item('resident', one),
            }))}
          />
          <p id="field-item-about" className={errors.item ? 'field-error' : 'help'}>
            {errors.item}
          </p>
        </div>
        {item && (
          <Field
            key={item.key}
            item={item}
            value={value}
            set={(next) => {
              setValue(next);
              clear(item.key);
            }}
            error={errors[item.key] || undefined}
            sealed={props.file.abilities.reveal.includes(item.key)}
          />
        )}
        {area('wrong', text.rights.wrong, text.rights.wrongHelp)}
        {area('proof', text.rights.proof, text.rights.proofHelp)}
      </fieldset>
    </Drawer>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { Button, Modal, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { handOutFile } from '../../../../../console/parts/handOut.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { Resident } from '../types.ts';

/** The resident's own copy of the whole file (PIPL art. 45), for posts that may reveal all of it. */
export function CopyButton({ file }: { file: Resident }): ReactNode {
  const text = useText().taking;
  const dictionary = useDictionary();
  const [asking, setAsking] = useState(false);
  const whole = dictionary
    .items('resident')
    .every(({ group, key }) => group === 'file' || file.abilities.reveal.includes(key));
  if (!whole) return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>{text.copy}</Button>
      {asking && <CopyDialog file={file} close={() => setAsking(false)} />}
    </>
  );
}

function CopyDialog({ file, close }: { file: Resident; close: () => void }): ReactNode {
  useReturnFocus();
  const { taking: text, app } = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [form, setForm] = useState<'paper' | 'data'>('paper');
  const take = async (): Promise<void> => {
    setBusy(true);
    try {
      const [path, ending] = form === 'paper' ? ['copy.pdf', 'pdf'] : ['copy', 'json'];
      const copy = await api.blob(`/residents/${file.id}/${path}`, { purpose: 'rights' });
      handOutFile(copy, `${text.copyName(file.name)}.${ending}`);
      void client.invalidateQueries({ queryKey: ['looks'] });
      say(text.printed);
      close();
    } catch (error) {
      say(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.copyTitle(file.name)}
      okText={form === 'paper' ? text.printGo : text.copyData}
      cancelText={app.cancel}
      confirmLoading={busy}
      onOk={() => void take()}
      onCancel={close}
    >
      <Radio.Group
        aria-label={text.copyForm}
        value={form}
        onChange={({ target }) => setForm(target.value)}
        options={[
          { value: 'paper', label: text.copyPaper },
          { value: 'data', label: text.copyAsData },
        ]}
      />
      <p className="caution">{text.copyHelp}</p>
    </Modal>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { Alert, Modal, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import { RecordFinder } from '../../../../archive/ui/console/RecordFinder.tsx';
import { useSendKey } from '../../../../archive/ui/console/submit.ts';
import type { Hit } from '../../../../archive/ui/console/types.ts';
import type { RowLineage, TakenApart } from '../../../review/contract.ts';
import './review.css';

type To = TakenApart['to'];
const ways: readonly To[] = ['queue', 'nobody', 'resident'];

/** Takes a row apart from the record that it was wrongly linked to. */
export default function ApartDialog(props: { found: RowLineage; close: () => void }): ReactNode {
  useReturnFocus();
  const { review, app } = useText();
  const { apart: text } = review;
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const [to, setTo] = useState<To>('queue');
  const [chosen, setChosen] = useState<Hit | null>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const { batch, n, version } = props.found;
  const save = async (): Promise<void> => {
    if (to === 'resident' && !chosen) return setProblem(text.chooseFirst);
    setBusy(true);
    const body: TakenApart = to === 'resident' ? { to, resident: chosen?.id } : { to };
    try {
      await api.post(`/gather/rows/${batch}/${n}/separation`, body, sendKey(body), version);
      for (const key of ['file', 'changes', 'lineage', 'jobs', 'waiting-rows', 'waiting-figures'])
        void client.invalidateQueries({ queryKey: [key] });
      say(text.done);
      props.close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      className="apart"
      title={text.title}
      okText={text.save}
      cancelText={app.cancel}
      confirmLoading={busy}
      onOk={() => void save()}
      onCancel={props.close}
    >
      <p>{text.help}</p>
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <fieldset className="field">
        <legend>{text.to}</legend>
        <Radio.Group
          vertical
          value={to}
          onChange={({ target }) => setTo(target.value)}
          options={ways.map((value) => ({ value, label: text[value] }))}
        />
      </fieldset>
      {to === 'resident' && <RecordFinder category="resident" chosen={chosen} choose={setChosen} />}
    </Modal>
  );
}

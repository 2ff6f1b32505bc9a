import { Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import type { ListKey } from '../../features/audit/contract.ts';
import { api } from '../api.ts';
import { day } from '../format.ts';
import { useText } from '../language.tsx';
import { useProblemText } from './Feedback.tsx';
import { useReturnFocus } from './focus.ts';
import { handOutFile } from './handOut.ts';
import { say } from './Toast.tsx';

/** A button that takes a list of the house's own matters out to Excel; why is asked first, and recorded. */
export function TakeOut(props: {
  list: ListKey;
  path: string;
  /** The filters of the list, as the server takes them. */
  filter?: object;
  /** What the button says, where there is another way out beside it. */
  label?: string;
}): ReactNode {
  const { taking: text } = useText();
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button onClick={() => setAsked(true)}>{props.label ?? text.export}</Button>
      {asked && <TakeOutDialog {...props} close={() => setAsked(false)} />}
    </>
  );
}

function TakeOutDialog(props: {
  list: ListKey;
  path: string;
  filter?: object;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const { taking: text, audit, app } = useText();
  const words = useProblemText();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const name = audit.lists[props.list];
  const take = async (): Promise<void> => {
    if (reason.trim() === '') return setProblem(text.listReasonNeeded);
    setBusy(true);
    try {
      const file = await api.file(props.path, { ...props.filter, reason: reason.trim() });
      handOutFile(file, `${name}-${day(new Date().toISOString())}.xlsx`);
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
      title={text.listTitle(name)}
      okText={text.export}
      cancelText={app.cancel}
      confirmLoading={busy}
      onOk={() => void take()}
      onCancel={props.close}
    >
      <p className="help">{text.listHelp[props.list]}</p>
      <div className="field">
        <label htmlFor="take-out-reason">{text.listReason}</label>
        <Input
          id="take-out-reason"
          maxLength={200}
          autoComplete="off"
          status={problem ? 'error' : undefined}
          aria-invalid={Boolean(problem)}
          aria-describedby="take-out-about"
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        <p id="take-out-about" className={problem ? 'field-error' : 'help'}>
          {problem || text.listReasonHelp}
        </p>
        <div className="chips">
          {text.listReasons.map((one) => (
            <Button key={one} size="small" onClick={() => setReason(one)}>
              {one}
            </Button>
          ))}
        </div>
      </div>
    </Modal>
  );
}

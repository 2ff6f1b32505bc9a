import { useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { RightsRequest } from './types.ts';

/** Takes an application back that one has put on record oneself. */
export function WithdrawButton({ request }: { request: RightsRequest }): ReactNode {
  const { rights: text } = useText();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setAsking(true)}>
        {text.withdraw}
      </Button>
      {asking && <WithdrawDialog request={request} close={() => setAsking(false)} />}
    </>
  );
}

function WithdrawDialog(props: { request: RightsRequest; close: () => void }): ReactNode {
  useReturnFocus();
  const { rights: text, app } = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const { request, close } = props;
  const withdraw = async (): Promise<void> => {
    setBusy(true);
    try {
      const path = request.kind === 'correction' ? 'corrections' : 'deletions';
      await api.post(`/${path}/${request.id}/withdrawal`, undefined);
      say(text.withdrawn);
      close();
      for (const key of ['rights', 'looks']) void client.invalidateQueries({ queryKey: [key] });
    } catch (error) {
      say(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.withdrawTitle}
      okText={text.withdraw}
      cancelText={app.cancel}
      confirmLoading={busy}
      onOk={() => void withdraw()}
      onCancel={close}
    >
      <p className="help">{text.withdrawHelp}</p>
    </Modal>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Modal, Popconfirm } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { figure } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';
import { say } from '../../../../console/parts/Toast.tsx';
import type { BatchView } from '../../contract.ts';

/** What may be asked of a batch: of its job by the API of jobs, and to take it back. */
export function BatchActs({ batch }: { batch: BatchView }): ReactNode {
  const { batch: text } = useText().gather;
  const words = useProblemText();
  const client = useQueryClient();
  const [undoing, setUndoing] = useState(false);
  const act = useMutation({
    mutationFn: (path: string) => api.post(path, {}),
    onError: (error) => say(words(error)),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['batches'] }),
        client.invalidateQueries({ queryKey: ['jobs'] }),
      ]),
  });
  const { can, job, number } = batch;
  return (
    <div className="head-acts">
      {can.pause && (
        <Button disabled={act.isPending} onClick={() => act.mutate(`/jobs/${job}/pause`)}>
          {text.pause}
        </Button>
      )}
      {can.resume && (
        <Button disabled={act.isPending} onClick={() => act.mutate(`/jobs/${job}/resume`)}>
          {text.resume}
        </Button>
      )}
      {can.cancel && (
        <Popconfirm
          title={text.cancelAsk}
          description={text.cancelHelp}
          okText={text.cancel}
          cancelText={text.keep}
          placement="bottomRight"
          okButtonProps={{ danger: true }}
          onConfirm={() => act.mutate(`/jobs/${job}/cancel`)}
        >
          <Button danger disabled={act.isPending}>
            {text.cancel}
          </Button>
        </Popconfirm>
      )}
      {can.continue && (
        <Button
          type="primary"
          disabled={act.isPending}
          onClick={() => act.mutate(`/gather/batches/${number}/continuation`)}
        >
          {text.on}
        </Button>
      )}
      {can.undo && (
        <Button danger onClick={() => setUndoing(true)}>
          {text.undo}
        </Button>
      )}
      {undoing && <UndoDialog batch={batch} close={() => setUndoing(false)} />}
    </div>
  );
}

/** Says what goes back before it does. */
function UndoDialog({ batch, close }: { batch: BatchView; close: () => void }): ReactNode {
  useReturnFocus();
  const { app, gather } = useText();
  const { batch: text } = gather;
  const words = useProblemText();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const undo = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.post(`/gather/batches/${batch.number}/undoing`, {});
      say(text.undoing);
      close();
    } catch (error) {
      say(words(error));
      setBusy(false);
    }
    void client.invalidateQueries({ queryKey: ['batches'] });
    void client.invalidateQueries({ queryKey: ['jobs'] });
  };
  return (
    <Modal
      open
      title={text.undoAsk(batch.number)}
      okText={text.undoNow}
      okButtonProps={{ danger: true }}
      cancelText={app.cancel}
      confirmLoading={busy}
      onOk={() => void undo()}
      onCancel={close}
    >
      <p>
        {batch.state === 'done'
          ? text.undoHelp(figure(batch.made), figure(batch.changed))
          : text.undoStopped}
      </p>
    </Modal>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../../../../../console/api.ts';
import { useLanguage } from '../../../../../console/language.tsx';
import { Failed, Loading, useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import { exportItems, importItems, type View } from './county-items.ts';

/** A county's items as text, to hand on; and another county's, taken over. */
export default function ExchangeDialog(props: {
  view: View;
  what: 'import' | 'export';
  close: () => void;
  saved: () => void;
}): ReactNode {
  useReturnFocus();
  return props.what === 'export' ? <Export {...props} /> : <Import {...props} />;
}

function Export({ view, close }: { view: View; close: () => void }): ReactNode {
  const { text } = useLanguage();
  const { data, error } = useQuery({
    queryKey: ['county-items', view.county.code, 'export', view.version],
    queryFn: () => exportItems(view.county.code),
  });
  const download = (): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([data?.yaml ?? ''], { type: 'text/yaml' }));
    link.download = `${view.county.name}.yaml`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Modal
      open
      title={text.items.export}
      onCancel={close}
      footer={
        <Button type="primary" disabled={!data} onClick={download}>
          {text.items.download}
        </Button>
      }
    >
      <p className="help">{text.items.exportHelp}</p>
      {error && <Failed error={error} />}
      {!data && !error && <Loading rows={3} />}
      {data && (
        <Input.TextArea
          aria-label={text.items.file}
          readOnly
          value={data.yaml}
          autoSize={{ minRows: 6, maxRows: 16 }}
        />
      )}
    </Modal>
  );
}

function Import(props: { view: View; close: () => void; saved: () => void }): ReactNode {
  const { text } = useLanguage();
  const words = useProblemText();
  const [yaml, setYaml] = useState('');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const faults = problem instanceof ApiError ? (problem.problem.errors ?? []) : [];
  const send = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await importItems(props.view, yaml, reason.trim());
      say(text.items.saved);
      props.saved();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.items.import}
      okText={text.items.takeOver}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      okButtonProps={{ disabled: yaml.trim() === '' || reason.trim().length < 2 }}
      onOk={() => void send()}
      onCancel={props.close}
    >
      <p className="help">{text.items.importHelp}</p>
      {problem !== null && <Alert type="error" showIcon title={words(problem)} role="alert" />}
      <ul className="items-faults">
        {faults.map(({ field, message }) => (
          <li key={`${field} ${message}`} className="field-error">
            {message}
          </li>
        ))}
      </ul>
      <div className="stack">
        <div>
          <label htmlFor="items-yaml">{text.items.file}</label>
          <Input.TextArea
            id="items-yaml"
            value={yaml}
            onChange={({ target }) => setYaml(target.value)}
            autoSize={{ minRows: 6, maxRows: 16 }}
          />
        </div>
        <div>
          <label htmlFor="import-reason">{text.items.reason}</label>
          <Input
            id="import-reason"
            maxLength={200}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </div>
      </div>
    </Modal>
  );
}

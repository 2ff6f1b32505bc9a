import { useQueryClient } from '@tanstack/react-query';
import { Alert, DatePicker, Input, Modal, Progress, Select } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useRef, useState } from 'react';
import { ApiError } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { newId } from '../../../../../console/ids.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { uploadForm } from '../../../../../console/upload.ts';
import type { CategoryKey } from '../../../contract.ts';
import { useSendKey } from '../submit.ts';
import { FileField } from './FileField.tsx';
import type { Added, Uploading } from './types.ts';

/** Uploads a document, or its next version: chosen, dropped, or taken with the camera. */
export default function UploadDialog(props: {
  path: string;
  category: CategoryKey;
  /** Kinds that the acting post may upload. */
  may: string[];
  /** Kinds there already: of a single one there is no second. */
  taken: string[];
  uploading: Uploading;
  close: () => void;
  /** What was uploaded, once it is there. */
  added?: (document: string, kind: string) => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const { replaces } = props.uploading;
  const id = useRef(newId());
  const running = useRef<AbortController>(null);
  const [kindKey, setKind] = useState(props.uploading.kind);
  const [file, setFile] = useState<File | null>(null);
  const [title, setTitle] = useState(replaces?.title ?? '');
  const [takenOn, setTakenOn] = useState<string>();
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState('');
  const [failed, setFailed] = useState(false);

  const kinds = dictionary.view.documents.filter(
    ({ key, category, many }) =>
      category === props.category &&
      props.may.includes(key) &&
      (many || key === replaces?.kind || !props.taken.includes(key)),
  );
  const kind = kindKey === undefined ? undefined : dictionary.document(kindKey);
  const name = kind ? dictionary.label(kind.label) : '';
  const heading = replaces
    ? text.documents.replaceOf(name)
    : props.uploading.kind
      ? text.documents.uploadOf(name)
      : text.documents.upload;

  const choose = (chosen: File): void => {
    const tooLarge = kind && chosen.size > kind.mostMb * 1_048_576;
    setProblem(tooLarge ? text.documents.tooLarge(kind.mostMb) : '');
    setFile(tooLarge ? null : chosen);
    setFailed(false);
  };

  const send = async (): Promise<void> => {
    if (!kind) return setProblem(text.documents.kindNeeded);
    if (!file) return setProblem(text.documents.fileNeeded);
    if (file.size > kind.mostMb * 1_048_576)
      return setProblem(text.documents.tooLarge(kind.mostMb));
    const fields = {
      id: id.current,
      kind: kind.key,
      title: title.trim(),
      takenOn: takenOn ?? '',
      replaces: replaces?.id ?? '',
    };
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) if (value) form.append(field, value);
    form.append('file', file);
    const key = sendKey([fields, file.name, file.size, file.lastModified]);
    running.current = new AbortController();
    setProblem('');
    setShare(0);
    try {
      await uploadForm<Added>(props.path, form, {
        key,
        told: setShare,
        signal: running.current.signal,
      });
      for (const key of ['documents', 'looks']) void client.invalidateQueries({ queryKey: [key] });
      say(text.documents.added);
      props.added?.(id.current, kind.key);
      props.close();
    } catch (error) {
      setShare(null);
      if (!(error instanceof ApiError)) return;
      setProblem(error.problem.errors?.[0]?.message ?? words(error));
      setFailed(true);
      // What was refused for itself will be refused again: another file is a new document.
      if (error.status >= 400 && error.status < 500) id.current = newId();
    }
  };

  const close = (): void => {
    running.current?.abort();
    props.close();
  };
  return (
    <Modal
      open
      title={heading}
      okText={failed ? text.documents.retry : text.documents.send}
      cancelText={text.app.cancel}
      confirmLoading={share !== null}
      onOk={() => void send()}
      onCancel={close}
      mask={{ closable: false }}
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      {!props.uploading.kind && (
        <div className="field">
          <label htmlFor="document-kind">{text.documents.kind}</label>
          <Select
            id="document-kind"
            value={kindKey}
            placeholder={text.documents.kindNeeded}
            onChange={(value) => {
              setKind(value);
              setProblem('');
            }}
            options={kinds.map(({ key, label }) => ({
              value: key,
              label: dictionary.label(label),
            }))}
          />
          <p />
        </div>
      )}
      <FileField kind={kind} file={file} choose={choose} disabled={share !== null} />
      {kind?.many && (
        <div className="field">
          <label htmlFor="document-title">{text.documents.what}</label>
          <Input
            id="document-title"
            maxLength={60}
            autoComplete="off"
            value={title}
            onChange={({ target }) => setTitle(target.value)}
          />
          <p className="help">{text.documents.whatHelp}</p>
        </div>
      )}
      <div className="field">
        <label htmlFor="document-day">{text.documents.takenOn}</label>
        <DatePicker
          id="document-day"
          format={['YYYY-MM-DD', 'YYYYMMDD']}
          maxDate={dayjs()}
          value={takenOn ? dayjs(takenOn) : null}
          onChange={(value) => setTakenOn(value?.format('YYYY-MM-DD'))}
        />
        <p className="help">{text.documents.takenOnHelp}</p>
      </div>
      {share !== null && (
        <div role="status">
          <Progress
            percent={Math.round(share * 100)}
            status="active"
            aria-label={text.documents.send}
          />
          <p className="help">
            {share < 1 ? text.documents.sent(Math.round(share * 100)) : text.documents.checking}
          </p>
        </div>
      )}
    </Modal>
  );
}

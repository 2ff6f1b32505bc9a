import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Progress } from 'antd';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { ApiError } from '../../../../console/api.ts';
import { newKey } from '../../../../console/ids.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { uploadForm } from '../../../../console/upload.ts';
import { type FileLook, mostFileBytes } from '../../contract.ts';

/** Under which a file that was handed in is kept between pages. */
export const fileKey = (id: string | undefined) => ['gather', 'file', id] as const;

/** A file is chosen or dropped, sent, and told how it is written. */
export function HandIn(props: { done: (look: FileLook) => void }): ReactNode {
  const { gather: all } = useText();
  const { handIn: text } = all;
  const client = useQueryClient();
  const words = useProblemText();
  const chooser = useRef<HTMLInputElement>(null);
  const sending = useRef<AbortController>(null);
  const [over, setOver] = useState(false);
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState('');

  const send = async (file: File): Promise<void> => {
    if (file.size > mostFileBytes) return setProblem(text.tooLarge);
    setProblem('');
    setShare(0);
    const form = new FormData();
    form.append('file', file);
    sending.current = new AbortController();
    try {
      const look = await uploadForm<FileLook>('/gather/files', form, {
        key: newKey(),
        told: setShare,
        signal: sending.current.signal,
      });
      client.setQueryData(fileKey(look.id), look);
      props.done(look);
    } catch (error) {
      const isGivenUp = error instanceof DOMException;
      const first = error instanceof ApiError ? error.problem.errors?.[0]?.message : undefined;
      setProblem(isGivenUp ? text.givenUp : (first ?? words(error)));
    }
    setShare(null);
  };
  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [first] = event.dataTransfer.files;
    if (first && share === null) void send(first);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a place to drop a file upon is no set of fields
    <div
      role="group"
      aria-label={text.title}
      className="hand-in"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      {share === null ? (
        <>
          <p>{text.drop}</p>
          <Button type="primary" onClick={() => chooser.current?.click()}>
            {text.choose}
          </Button>
          <p className="help">{text.limits}</p>
        </>
      ) : (
        <div role="status" className="hand-in-sending">
          <Progress percent={Math.round(share * 100)} aria-label={text.sending} />
          <p className="help">{text.sending}</p>
          <Button onClick={() => sending.current?.abort()}>{text.giveUp}</Button>
        </div>
      )}
      <input
        ref={chooser}
        type="file"
        hidden
        aria-label={text.choose}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // So that the same file can be chosen again.
          if (file) void send(file).finally(() => (target.value = ''));
        }}
      />
    </div>
  );
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { Failed, Loading, useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import { forget } from '../../../../../console/recent.ts';
import { fieldErrors, useSendKey } from '../submit.ts';
import { inWords } from '../values.ts';
import { RequestLine, useRequestTitle } from './RequestLine.tsx';
import type { Correction, Decided, RightsRequest } from './types.ts';

/** An application before who decides it: what it says, and the two ways out; decided, how it was answered. */
export default function DecisionDialog(props: {
  request: RightsRequest;
  name: string;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const title = useRequestTitle();
  const [answer, setAnswer] = useState('');
  const [error, setError] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState<boolean | null>(null);
  const { request } = props;
  const deletion = request.kind === 'deletion';

  /** There is no file to go back to, and nothing of it stays in this browser. */
  const leave = async (): Promise<void> => {
    forget(request.resident.id);
    await navigate({ to: '/' });
    for (const key of ['file', 'changes', 'looks', 'documents', 'rights', 'list', 'search'])
      client.removeQueries({ queryKey: [key], type: 'inactive' });
    for (const key of ['book', 'rights']) void client.invalidateQueries({ queryKey: [key] });
  };

  const decide = async (accept: boolean): Promise<void> => {
    const reason = answer.trim();
    if (!accept && reason === '') return setError(text.rights.answerNeeded);
    setBusy(accept);
    setProblem('');
    const body = { accept, ...(accept ? {} : { answer: reason }) };
    try {
      const path = `/${deletion ? 'deletions' : 'corrections'}/${request.id}/decision`;
      const { outcome, state } = await api.post<Decided>(path, body, sendKey(body));
      const outcomes: Record<string, string> = text.rights.outcomes;
      const states: Record<string, string> = text.rights.states;
      say(outcomes[outcome ?? ''] ?? states[state] ?? '');
      if (state === 'done') return await leave();
      for (const key of ['file', 'list', 'book', 'search'])
        void client.invalidateQueries({ queryKey: [key] });
      props.close();
    } catch (failed) {
      setBusy(null);
      setError(fieldErrors(failed).answer ?? '');
      setProblem(words(failed));
    }
  };

  return (
    <Modal
      open
      title={`${title(request)} · ${props.name}`}
      onCancel={props.close}
      footer={
        request.mayDecide ? (
          <>
            <Button onClick={props.close}>{text.app.cancel}</Button>
            <Button loading={busy === false} onClick={() => void decide(false)}>
              {text.rights.refuse}
            </Button>
            <Button
              type="primary"
              danger={deletion}
              loading={busy === true}
              onClick={() => void decide(true)}
            >
              {deletion ? text.rights.erase : text.rights.accept}
            </Button>
          </>
        ) : (
          <Button onClick={props.close}>{text.app.close}</Button>
        )
      }
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <RequestLine request={request} />
      {deletion ? <EraseNote /> : <Said request={request} />}
      {request.mayDecide && (
        <div className="field wide">
          <label htmlFor="field-answer">{text.rights.answer}</label>
          <Input.TextArea
            id="field-answer"
            autoSize={{ minRows: 2, maxRows: 6 }}
            maxLength={500}
            status={error ? 'error' : undefined}
            aria-invalid={Boolean(error)}
            aria-describedby="field-answer-about"
            value={answer}
            onChange={({ target }) => setAnswer(target.value)}
          />
          <p id="field-answer-about" className={error ? 'field-error' : 'help'}>
            {error || text.rights.answerHelp}
          </p>
        </div>
      )}
    </Modal>
  );
}

function EraseNote(): ReactNode {
  const { rights: text } = useText();
  return <Alert type="warning" showIcon title={text.eraseTitle} description={text.eraseHelp} />;
}

/** What the application says beside what is on file. Of a sealed item it is a look for this purpose, on record. */
function Said({ request }: { request: RightsRequest }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { data, error } = useQuery({
    queryKey: ['correction', request.id],
    queryFn: ({ signal }) =>
      api.get<Correction>(`/corrections/${request.id}`, { purpose: 'record_correction' }, signal),
    staleTime: 120_000,
    gcTime: 0,
  });
  if (error) return <Failed error={error} />;
  if (!data) return <Loading rows={4} />;
  const item = dictionary.find('resident', data.item);
  const lines: [string, string][] = [
    [text.rights.onFile, inWords(dictionary, text, item, data.current?.value ?? null)],
    [text.rights.right, inWords(dictionary, text, item, data.value)],
    [text.rights.wrong, data.wrong],
    [text.rights.proof, data.proof],
  ];
  if (data.answer !== null) lines.push([text.rights.answer, data.answer]);
  return (
    <dl className="facts tall">
      {lines.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value || text.rights.empty}</dd>
        </div>
      ))}
    </dl>
  );
}

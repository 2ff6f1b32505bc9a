import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { NotFound } from '../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../console/page.ts';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { Draft, FileLook, Preview } from '../../contract.ts';
import { fileKey, HandIn } from './HandIn.tsx';
import { ColumnsStep } from './wizard/ColumnsStep.tsx';
import { FormatStep } from './wizard/FormatStep.tsx';
import { PreviewStep } from './wizard/PreviewStep.tsx';
import { SaveStep } from './wizard/SaveStep.tsx';
import './gather.css';
import './wizard/wizard.css';

/** 建立方案: a sample is handed in, its columns are given their meaning, looked at cleaned, and saved. */
export function WizardPage(): ReactNode {
  const { gather } = useText();
  const { profile: text } = gather;
  const { abilities } = useSession();
  const { file } = useSearch({ strict: false }) as { file?: string };
  const client = useQueryClient();
  const navigate = useNavigate();
  const [look, setLook] = useState(() => client.getQueryData<FileLook>(fileKey(file)));
  usePage(text.title, null);
  if (!abilities.gather) return <NotFound />;
  return (
    <div className="page">
      <header className="page-head row">
        <div>
          <h1>{text.title}</h1>
          <p>{text.about}</p>
        </div>
        <Link to="/gather">{gather.batch.back}</Link>
      </header>
      {look ? (
        <Wizard
          key={look.id}
          start={look}
          another={() => {
            setLook(undefined);
            void navigate({ to: '/gather/profiles/new', replace: true });
          }}
        />
      ) : (
        <Panel title={gather.handIn.title}>
          <HandIn done={setLook} />
        </Panel>
      )}
    </div>
  );
}

function Wizard({ start, another }: { start: FileLook; another: () => void }): ReactNode {
  const { profile: text } = useText().gather;
  const [look, setLook] = useState(start);
  const [draft, setDraft] = useState(start.draft);
  const [step, setStep] = useState(0);
  const preview = usePreview(look.id, draft, step > 0);
  const again = (next: FileLook): void => {
    setLook(next);
    setDraft({ ...next.draft, label: draft.label });
  };
  const faults = preview.data?.faults ?? [];
  const isBlocked = step === 2 && (faults.length > 0 || !preview.data);
  return (
    <>
      <StepList at={step} />
      {step === 0 && <FormatStep look={look} changed={again} another={another} />}
      {step === 1 && (
        <ColumnsStep look={look} draft={draft} change={setDraft} preview={preview.data} />
      )}
      {step === 2 && (
        <PreviewStep
          data={preview.data}
          error={preview.error}
          retry={() => void preview.refetch()}
          draft={draft}
        />
      )}
      {step === 3 && <SaveStep look={look} draft={draft} change={setDraft} />}
      {step > 0 && step < 3 && faults.length > 0 && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={text.faults}
          description={
            <ul>
              {faults.map(({ column, message }) => (
                <li key={`${column} ${message}`}>
                  {column && <b>{column}：</b>}
                  {message}
                </li>
              ))}
            </ul>
          }
        />
      )}
      <div className="head-acts">
        {step > 0 && <Button onClick={() => setStep(step - 1)}>{text.previous}</Button>}
        {step < 3 && (
          <Button type="primary" disabled={isBlocked} onClick={() => setStep(step + 1)}>
            {text.next}
          </Button>
        )}
      </div>
    </>
  );
}

function StepList({ at }: { at: number }): ReactNode {
  const { profile: text } = useText().gather;
  return (
    <ol className="wizard-steps" aria-label={text.stepsLabel}>
      {text.steps.map((name, place) => (
        <li key={name} aria-current={place === at ? 'step' : undefined} data-done={place < at}>
          <span>{place + 1}</span>
          {name}
        </li>
      ))}
    </ol>
  );
}

/** What the first rows come to by a draft; asked anew whenever it is another. */
function usePreview(id: string, draft: Draft, enabled: boolean) {
  return useQuery({
    queryKey: ['gather', 'preview', id, { ...draft, label: '' }],
    enabled,
    queryFn: () =>
      api.post<Preview>(`/gather/files/${id}/preview`, { ...draft, label: draft.label || '-' }),
    placeholderData: (old) => old,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Button, Progress, Select } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { ApiError, api } from '../../../../../console/api.ts';
import { today } from '../../../../../console/format.ts';
import { newKey } from '../../../../../console/ids.ts';
import { useText } from '../../../../../console/language.tsx';
import { NotFound } from '../../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../../console/page.ts';
import { categories, pathOf } from '../../../../../console/parts/categories.ts';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { handOutFile } from '../../../../../console/parts/handOut.ts';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { useSession } from '../../../../../console/session.tsx';
import { uploadForm } from '../../../../../console/upload.ts';
import { type BulkRead, mostBulkBytes } from '../../../bulk/contract.ts';
import type { CategoryKey } from '../../../contract.ts';
import { xlsx } from '../../../export/contract.ts';
import { PurposeDialog } from '../PurposeDialog.tsx';
import type { BulkSearch } from './search.ts';
import './bulk.css';

/** 批量修改: a list goes out as Excel, is edited there, and comes back to be compared. */
export function BulkStartPage(): ReactNode {
  const { bulk: text, categories: names } = useText();
  const { abilities } = useSession();
  const navigate = useNavigate();
  const { category = 'household', ...filters } = useSearch({ strict: false }) as BulkSearch;
  usePage(text.title, null);
  if (!abilities.writeArchive) return <NotFound />;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.title}</h1>
        <p>{text.about}</p>
      </header>
      <div className="field bulk-what">
        <label htmlFor="bulk-category">{text.what}</label>
        <Select
          id="bulk-category"
          value={category}
          onChange={(value: CategoryKey) =>
            void navigate({ to: '/bulk-edit', search: { category: value }, replace: true })
          }
          options={categories.map((key) => ({ value: key, label: names[key] }))}
        />
      </div>
      <div className="columns">
        <Out category={category} filters={filters} />
        <In category={category} />
      </div>
    </div>
  );
}

function Out(props: { category: CategoryKey; filters: Omit<BulkSearch, 'category'> }): ReactNode {
  const { bulk: text, categories: names } = useText();
  const words = useProblemText();
  const [asking, setAsking] = useState(false);
  const filtered = Object.values(props.filters).some((value) => value !== undefined);
  const take = async (purpose: string): Promise<void> => {
    try {
      const path = `${pathOf[props.category]}/editing`;
      const file = await api.blob(path, { ...props.filters, purpose });
      handOutFile(file, `${names[props.category]}-${text.title}-${today()}.xlsx`);
      say(text.taken);
      setAsking(false);
    } catch (error) {
      say(words(error));
    }
  };
  return (
    <Panel title={text.outTitle}>
      <p>{filtered ? text.outFiltered : text.outAll}</p>
      <p className="help">{text.outHelp}</p>
      <Button type="primary" onClick={() => setAsking(true)}>
        {text.out}
      </Button>
      {asking && (
        <PurposeDialog
          title={text.outTitle}
          help={text.outPurpose}
          go={text.out}
          preset="record_correction"
          choose={take}
          cancel={() => setAsking(false)}
        />
      )}
    </Panel>
  );
}

function In({ category }: { category: CategoryKey }): ReactNode {
  const { bulk: text } = useText();
  const words = useProblemText();
  const navigate = useNavigate();
  const chooser = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState('');
  const send = async (file: File): Promise<void> => {
    if (file.size > mostBulkBytes) return setProblem(text.tooLarge);
    setProblem('');
    setShare(0);
    const form = new FormData();
    form.append('file', file);
    try {
      const { id } = await uploadForm<BulkRead>(`${pathOf[category]}/editing`, form, {
        key: newKey(),
        told: setShare,
        signal: new AbortController().signal,
      });
      await navigate({ to: '/bulk-edit/$id', params: { id } });
    } catch (error) {
      const first = error instanceof ApiError ? error.problem.errors?.[0]?.message : undefined;
      setProblem(first ?? words(error));
      setShare(null);
    }
  };
  return (
    <Panel title={text.inTitle}>
      <p>{text.inAbout}</p>
      <p className="help">{text.inHelp}</p>
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <input
        ref={chooser}
        type="file"
        hidden
        aria-label={text.choose}
        accept={`.xlsx,${xlsx}`}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // So that the same file can be chosen again.
          if (file) void send(file).finally(() => (target.value = ''));
        }}
      />
      <Button type="primary" loading={share !== null} onClick={() => chooser.current?.click()}>
        {text.choose}
      </Button>
      {share !== null && (
        <div role="status">
          <Progress percent={Math.round(share * 100)} aria-label={text.choose} />
          <p className="help">{text.comparing}</p>
        </div>
      )}
    </Panel>
  );
}

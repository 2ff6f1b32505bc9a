import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useText } from '../../../../console/language.tsx';
import { NotFound } from '../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../console/page.ts';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { FileLook } from '../../contract.ts';
import { BatchTable } from './BatchTable.tsx';
import { HandIn } from './HandIn.tsx';
import { StartForm } from './StartForm.tsx';
import './gather.css';

/** 数据归集: a department's officer hands files in; below, the batches in sight. */
export function GatherPage(): ReactNode {
  const { gather: text } = useText();
  const { abilities } = useSession();
  const [look, setLook] = useState<FileLook>();
  usePage(text.title, null);
  if (!abilities.seeBatches) return <NotFound />;
  return (
    <div className="page">
      <header className="page-head row">
        <div>
          <h1>{text.title}</h1>
          <p>{abilities.gather ? text.about : text.aboutAdmin}</p>
        </div>
        {abilities.gather && <Link to="/gather/profiles/new">{text.wizard}</Link>}
      </header>
      {abilities.gather && (
        <Panel title={text.handIn.title}>
          {look ? (
            <StartForm look={look} another={() => setLook(undefined)} />
          ) : (
            <HandIn done={setLook} />
          )}
        </Panel>
      )}
      <BatchTable />
    </div>
  );
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { TakeOut } from '../../../../console/parts/TakeOut.tsx';
import { Entries } from './Entries.tsx';
import { type AuditFilters, type AuditSearch, filtersOf } from './filters.ts';
import { Patterns } from './Patterns.tsx';
import { SealPanel } from './SealPanel.tsx';
import './audit.css';

/** The auditor's desk: the seals, the record with its filters, and patterns in it. */
export function AuditPage(): ReactNode {
  const text = useText();
  const search = useSearch({ strict: false }) as AuditSearch;
  const navigate = useNavigate();
  usePage(text.nav.audit);
  const go = (next: AuditSearch): void => void navigate({ to: '/audit', search: next });
  const set = (change: AuditFilters): void => go({ ...search, ...change });
  const patterns = search.view === 'patterns';
  return (
    <div className="page audit">
      <header className="page-head row">
        <div>
          <h1>{text.nav.audit}</h1>
          <p>{text.audit.help}</p>
        </div>
        {!patterns && (
          <div className="buttons">
            <TakeOut list="audit" path="/audit/export" filter={filtersOf(search)} />
          </div>
        )}
      </header>
      <SealPanel />
      <Segmented
        aria-label={text.audit.views}
        value={patterns ? 'patterns' : 'entries'}
        onChange={(view) => go(view === 'patterns' ? { view: 'patterns' } : {})}
        options={[
          { value: 'entries', label: text.audit.entries },
          { value: 'patterns', label: text.audit.patterns },
        ]}
      />
      {patterns ? (
        <Patterns search={search} go={go} />
      ) : (
        <Entries filters={filtersOf(search)} set={set} clear={() => go({})} />
      )}
    </div>
  );
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { day, minute } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { usePage } from '../../../../../console/page.ts';
import { Failed, Loading } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { CategoryKey } from '../../../../archive/contract.ts';
import type { System } from '../../../interface/contract.ts';
import { RotateDialog, WithdrawDialog } from './ActDialogs.tsx';
import { SendingPanel } from './SendingPanel.tsx';
import './systems.css';

/** One system: what it may do, its secret, and what is sent to it. */
export function SystemPage(): ReactNode {
  const { systems: text } = useText();
  const { id = '' } = useParams({ strict: false });
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['systems', id],
    queryFn: ({ signal }) => api.get<System>(`/gather/systems/${id}`, undefined, signal),
  });
  const system = query.data;
  usePage(system?.name ?? text.title);
  const again = (said: string): void => {
    void client.invalidateQueries({ queryKey: ['systems'] });
    say(said);
  };
  if (query.error)
    return (
      <div className="page">
        <Failed error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  if (!system) return <Loading rows={8} />;
  return (
    <div className="page">
      <header className="page-head row">
        <div>
          <p>
            <Link to="/gather/systems">{text.title}</Link>
          </p>
          <h1>{system.name}</h1>
        </div>
        {system.endedAt === null && <Acts system={system} again={again} />}
      </header>
      <Access system={system} />
      {system.endedAt === null && <SendingPanel system={system} again={again} />}
    </div>
  );
}

function Acts(props: { system: System; again: (said: string) => void }): ReactNode {
  const { systems: text } = useText();
  const [act, setAct] = useState<'rotate' | 'withdraw' | null>(null);
  const close = (): void => setAct(null);
  return (
    <div className="head-acts">
      <Button onClick={() => setAct('rotate')}>{text.rotate}</Button>
      <Button danger onClick={() => setAct('withdraw')}>
        {text.withdraw}
      </Button>
      {act === 'rotate' && <RotateDialog {...props} close={close} />}
      {act === 'withdraw' && <WithdrawDialog {...props} close={close} />}
    </div>
  );
}

function Access({ system }: { system: System }): ReactNode {
  const { systems: text } = useText();
  const { endedAt, endedBy, endReason } = system;
  return (
    <Panel title={text.interface}>
      <dl className="system-facts">
        {endedAt !== null && (
          <>
            <dt>{text.ended}</dt>
            <dd>{text.endedBy(endedBy ?? '', minute(endedAt), endReason ?? '')}</dd>
          </>
        )}
        <dt>{text.source}</dt>
        <dd>{system.sourceName}</dd>
        <dt>{text.area}</dt>
        <dd>
          {system.area.name} <span className="help figures-font">{system.area.code}</span>
        </dd>
        <dt>{text.items}</dt>
        <dd>
          <Items system={system} />
        </dd>
        <dt>{text.id}</dt>
        <dd>
          <code>{system.id}</code>
        </dd>
        <dt>{text.secretSince}</dt>
        <dd>
          <span className="figures-font">{day(system.secretSince)}</span>
          {system.oldSecretUntil !== null && (
            <span className="help"> {text.oldUntil(minute(system.oldSecretUntil))}</span>
          )}
        </dd>
        <dt>{text.madeBy}</dt>
        <dd>{text.by(system.madeBy, minute(system.madeAt))}</dd>
      </dl>
    </Panel>
  );
}

function Items({ system: { items, groups, values } }: { system: System }): ReactNode {
  const { systems: text, categories } = useText();
  if (items.length === 0) return text.itemsNone;
  const byCategory = Object.entries(Object.groupBy(items, ({ key }) => key.split('.')[0] ?? ''));
  return (
    <>
      {byCategory.map(([category, own = []]) => (
        <p key={category}>
          {categories[category as CategoryKey]}：{own.map(({ label }) => label).join('、')}
        </p>
      ))}
      <p className="help">
        {[
          values ? text.valuesYes : text.valuesNo,
          ...groups.map((group) => text.groupNames[group] ?? group),
        ].join(' · ')}
      </p>
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { minute } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { type Column, DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { Deliveries, Delivery, System } from '../../../interface/contract.ts';
import { AddressDialog, ReplayDialog } from './ActDialogs.tsx';
import { SendingMark } from './SendingMark.tsx';

interface Props {
  system: System;
  again: (said: string) => void;
}

/** Where changes are sent, how that goes, and from where to send again. */
export function SendingPanel({ system, again }: Props): ReactNode {
  const { systems: text } = useText();
  const [setting, setSetting] = useState(false);
  if (system.items.length === 0)
    return (
      <Panel title={text.sending}>
        <Nothing>{text.noItems}</Nothing>
      </Panel>
    );
  return (
    <Panel
      title={text.sending}
      extra={
        <Button onClick={() => setSetting(true)}>
          {system.webhook === null ? text.setAddress : text.changeAddress}
        </Button>
      }
    >
      {system.webhook === null ? (
        <Nothing>{text.addressNone}</Nothing>
      ) : (
        <Address system={system} again={again} />
      )}
      {setting && <AddressDialog system={system} again={again} close={() => setSetting(false)} />}
    </Panel>
  );
}

function Address({ system, again }: Props): ReactNode {
  const { systems: text } = useText();
  const [from, setFrom] = useState<string | null>(null);
  return (
    <>
      <dl className="system-facts">
        <dt>{text.webhook}</dt>
        <dd>
          <code>{system.webhook}</code>
        </dd>
        <dt>{text.state}</dt>
        <dd>
          <SendingMark system={system} />
          {system.sending?.state === 'dead' && <p className="caution">{text.deadHelp}</p>}
        </dd>
        <dt>{text.againFrom}</dt>
        <dd className="head-acts">
          <Button size="small" onClick={() => setFrom('oldest')}>
            {text.oldest}
          </Button>
          <Button size="small" onClick={() => setFrom('now')}>
            {text.now}
          </Button>
        </dd>
      </dl>
      <h3 className="log-head">{text.log}</h3>
      <Log system={system} replay={setFrom} />
      {from !== null && (
        <ReplayDialog system={system} from={from} again={again} close={() => setFrom(null)} />
      )}
    </>
  );
}

function Log(props: { system: System; replay: (from: string) => void }): ReactNode {
  const { systems: text } = useText();
  const { id } = props.system;
  const query = useQuery({
    queryKey: ['systems', id, 'deliveries'],
    queryFn: ({ signal }) =>
      api.get<Deliveries>(`/gather/systems/${id}/deliveries`, undefined, signal),
  });
  if (query.isPending) return <Loading rows={3} />;
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.data.items.length === 0) return <Nothing>{text.logNone}</Nothing>;
  const columns: Column<Delivery>[] = [
    {
      key: 'at',
      title: text.at,
      heading: true,
      cell: ({ lastAt }) => <span className="figures-font">{minute(lastAt)}</span>,
    },
    {
      key: 'state',
      title: text.result,
      cell: ({ state }) => (
        <span className={state === 'received' ? 'sending' : 'sending bad'}>
          {text.results[state]}
        </span>
      ),
    },
    {
      key: 'answer',
      title: text.answer,
      cell: ({ answer }) => (
        <span className="figures-font">{text.answers[answer ?? ''] ?? answer}</span>
      ),
    },
    { key: 'events', title: text.count, numeric: true, cell: ({ events }) => events },
    { key: 'tries', title: text.triesTitle, numeric: true, cell: ({ tries }) => tries },
    {
      key: 'again',
      title: text.acts,
      cell: ({ cursor }) => (
        <button type="button" className="link" onClick={() => props.replay(cursor)}>
          {text.again}
        </button>
      ),
    },
  ];
  return (
    <DataTable
      caption={text.log}
      columns={columns}
      rows={query.data.items}
      rowKey={(delivery) => delivery.id}
    />
  );
}

import { Button, Segmented } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { newKey } from '../../../../../console/ids.ts';
import { useText } from '../../../../../console/language.tsx';
import { DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { StaffDone, StaffPlan } from '../../../staff/contract.ts';
import { Leaving } from './Leaving.tsx';
import { usePlanColumns } from './planColumns.tsx';
import { StaffFault } from './StaffFault.tsx';
import { changes, countsOf, firstSight, rowsIn, type Sight } from './sheet.ts';

/** As many rows as are drawn at once. */
const atOnce = 200;

/** What a list would change, row by row, and the button that carries it out. */
export function PlanView(props: {
  plan: StaffPlan;
  list: { file: string | undefined; leavers: string | undefined };
  done: (result: StaffDone) => void;
  look: () => void;
}): ReactNode {
  const { staff: text } = useText();
  const { plan } = props;
  const counts = countsOf(plan);
  return (
    <>
      <Panel title={text.preview}>
        <ul className="staff-counts">
          {(['account', 'post', 'end', 'unchanged', 'fault'] as const).map((outcome) => (
            <li key={outcome} data-outcome={outcome} data-none={counts[outcome] === 0}>
              <b>{counts[outcome]}</b> {text.outcomes[outcome]}
            </li>
          ))}
          {props.list.leavers !== undefined && (
            <li data-outcome="end" data-none={plan.leavers.length === 0}>
              <b>{plan.leavers.length}</b> {text.leaving}
            </li>
          )}
        </ul>
        {plan.unused.length > 0 && <p className="help">{text.unused(plan.unused)}</p>}
        <Rows plan={plan} />
      </Panel>
      {plan.leavers.length > 0 && <Leaving leavers={plan.leavers} />}
      <Agree {...props} faults={counts.fault} />
    </>
  );
}

function Rows({ plan }: { plan: StaffPlan }): ReactNode {
  const { staff: text, list } = useText();
  const [sight, setSight] = useState<Sight>(() => firstSight(plan));
  const [shown, setShown] = useState(atOnce);
  const rows = rowsIn(plan, sight);
  const columns = usePlanColumns();
  return (
    <>
      <Segmented<Sight>
        aria-label={text.sight}
        value={sight}
        onChange={(next) => {
          setSight(next);
          setShown(atOnce);
        }}
        options={(['fault', 'change', 'unchanged', 'all'] as const).map((value) => ({
          value,
          label: `${text.sights[value]} ${rowsIn(plan, value).length}`,
        }))}
      />
      {rows.length === 0 ? (
        <Nothing>{text.noRows}</Nothing>
      ) : (
        <DataTable
          caption={text.preview}
          columns={columns}
          rows={rows.slice(0, shown)}
          rowKey={({ row }) => String(row)}
        />
      )}
      {rows.length > shown && (
        <div className="more">
          <Button onClick={() => setShown(shown + atOnce)}>{list.more}</Button>
        </div>
      )}
    </>
  );
}

/** Carries the plan out, or says why it cannot be. */
function Agree(props: {
  plan: StaffPlan;
  list: { file: string | undefined; leavers: string | undefined };
  faults: number;
  done: (result: StaffDone) => void;
  look: () => void;
}): ReactNode {
  const { staff: text } = useText();
  const [key] = useState(newKey);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { plan, list, faults } = props;
  if (faults > 0) return <p className="caution">{text.mend(faults)}</p>;
  if (!changes(plan)) return <Nothing>{text.nothing}</Nothing>;
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      props.done(await api.post<StaffDone>('/staff-lists', { ...list, plan: plan.plan }, key));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <div className="staff-agree">
      {error !== null && <StaffFault error={error} retry={props.look} />}
      <Button type="primary" size="large" loading={busy} onClick={() => void send()}>
        {text.agree}
      </Button>
      <p className="help">{text.agreeHelp}</p>
    </div>
  );
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { usePage } from '../../../../../console/page.ts';
import { Loading } from '../../../../../console/parts/Feedback.tsx';
import type { StaffDone, StaffPlan } from '../../../staff/contract.ts';
import { withPhones } from '../../../staff/rules/handout.ts';
import { PlanView } from './PlanView.tsx';
import { StaffFault } from './StaffFault.tsx';
import { type Chosen, type Complete, StaffFile } from './StaffFile.tsx';
import { type Finished, StaffResult } from './StaffResult.tsx';
import '../identity.css';
import './staff.css';

const partly: Complete = { said: false, area: undefined };

/** 导入人员名单: a file, what it would change row by row, and, once agreed to, the one-time passwords. */
export function StaffPage(): ReactNode {
  const { staff: text, nav } = useText();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [complete, setComplete] = useState<Complete>(partly);
  const [done, setDone] = useState<Finished | null>(null);
  usePage(text.title);
  const list = { file: chosen?.file, leavers: complete.area };
  // A list said to be complete waits for the area it is complete for.
  const whole = chosen !== null && (!complete.said || complete.area !== undefined);
  const plan = useQuery({
    queryKey: ['staff-plan', chosen?.id, complete.area],
    queryFn: () => api.post<StaffPlan>('/staff-lists/preview', list),
    enabled: whole && done === null,
    gcTime: 0,
    retry: false,
  });
  const finish = (result: StaffDone): void => {
    setDone({ ...result, made: withPhones(result.made, plan.data?.rows ?? []) });
    void client.invalidateQueries({ queryKey: ['accounts'] });
    void client.invalidateQueries({ queryKey: ['account'] });
  };
  return (
    <div className="page">
      <header className="page-head">
        <p>
          <Link to="/accounts">{nav.accounts}</Link>
        </p>
        <h1>{text.title}</h1>
        <p>{text.help}</p>
      </header>
      {done ? (
        <StaffResult
          done={done}
          again={() => {
            setDone(null);
            setChosen(null);
            setComplete(partly);
          }}
        />
      ) : (
        <>
          <StaffFile
            chosen={chosen}
            choose={setChosen}
            complete={complete}
            setComplete={setComplete}
          />
          {whole && plan.isPending && <Loading rows={6} />}
          {whole && plan.error && (
            <StaffFault error={plan.error} retry={() => void plan.refetch()} />
          )}
          {whole && plan.data && (
            <PlanView
              key={plan.data.plan}
              plan={plan.data}
              list={list}
              done={finish}
              look={() => void plan.refetch()}
            />
          )}
        </>
      )}
    </div>
  );
}

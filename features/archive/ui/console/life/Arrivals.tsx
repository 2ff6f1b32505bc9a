import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { Arrival, ArrivalPage } from '../../../life/contract.ts';
import './life.css';

const AcceptDrawer = lazy(() => import('./AcceptDrawer.tsx'));
const RefuseDialog = lazy(() => import('./RefuseDialog.tsx'));

/** 迁入待接收: files from other villages, with enough of each to recognise the person. */
export function Arrivals(): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const [accepting, setAccepting] = useState<Arrival | null>(null);
  const [refusing, setRefusing] = useState<Arrival | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['arrivals'],
    queryFn: ({ signal }) =>
      api.get<Static<typeof ArrivalPage>>('/arrivals', { limit: 100 }, signal),
  });
  return (
    <Panel title={text.handover.arrivals}>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={2} />}
      {data?.items.length === 0 && <Nothing>{text.handover.none}</Nothing>}
      <ul className="arrivals">
        {data?.items.map((one) => (
          <li key={one.id}>
            <span>
              <b>{one.name}</b>{' '}
              {[
                dictionary.value('resident', 'sex', one.sex),
                one.birthYear === null ? '' : text.handover.born(one.birthYear),
                text.handover.from(one.from, one.day),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
            <span className="actions">
              <Button type="primary" onClick={() => setAccepting(one)}>
                {text.handover.accept}
              </Button>
              <Button onClick={() => setRefusing(one)}>{text.handover.refuse}</Button>
            </span>
          </li>
        ))}
      </ul>
      <Suspense>
        {accepting && <AcceptDrawer arrival={accepting} close={() => setAccepting(null)} />}
        {refusing && <RefuseDialog arrival={refusing} close={() => setRefusing(null)} />}
      </Suspense>
    </Panel>
  );
}

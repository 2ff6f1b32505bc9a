import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { Failed, Loading } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { SecondFactor } from '../../contract.ts';
import type { FactorAct } from './FactorDialog.tsx';

const FactorDialog = lazy(() => import('./FactorDialog.tsx'));

/** One's own second factor: set up, replaced, its recovery codes renewed, removed. */
export function FactorPanel(): ReactNode {
  const { factor: text } = useText();
  const client = useQueryClient();
  const [act, setAct] = useState<FactorAct | null>(null);
  const query = useQuery({
    queryKey: ['second-factor'],
    queryFn: ({ signal }) => api.get<SecondFactor>('/session/second-factor', undefined, signal),
  });
  const factor = query.data;
  const acts = factor && !factor.exempt ? actsOn(factor) : [];
  return (
    <Panel
      title={text.title}
      extra={
        <span className="buttons">
          {acts.map((one) => (
            <Button
              key={one}
              type={one === 'set' ? 'primary' : 'default'}
              onClick={() => setAct(one)}
            >
              {text[one]}
            </Button>
          ))}
        </span>
      }
    >
      <p className="help">{text.about}</p>
      {query.isPending && <Loading rows={1} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {factor?.exempt && <p className="caution">{text.exempt}</p>}
      {factor && !factor.exempt && (
        <p>
          {factor.since ? (
            <>
              <span className="tag tag-green">{text.on(minute(factor.since))}</span>{' '}
              {text.left(factor.codesLeft)}
              {text.stop}
            </>
          ) : (
            <span className="tag">{text.off}</span>
          )}
          {factor.required && text.required}
        </p>
      )}
      <Suspense>
        {act && factor && (
          <FactorDialog
            act={act}
            coded={factor.set}
            close={() => {
              setAct(null);
              void client.invalidateQueries({ queryKey: ['second-factor'] });
              void client.invalidateQueries({ queryKey: ['own-sessions'] });
            }}
          />
        )}
      </Suspense>
    </Panel>
  );
}

function actsOn({ set, required }: SecondFactor): FactorAct[] {
  if (!set) return ['set'];
  return required ? ['replace', 'renew'] : ['replace', 'renew', 'remove'];
}

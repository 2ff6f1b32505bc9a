import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useText } from '../../../../../console/language.tsx';
import type { Keeper, Paper } from './form.ts';

const PaperDialog = lazy(() => import('./PaperDialog.tsx'));

/** 凭证材料: a document in the file, or one uploaded on the spot. */
export function ProofPaper(props: {
  keepers: Keeper[];
  /** What is said while there is no record to take one from. */
  none: string;
  chosen: Paper | undefined;
  choose: (paper: Paper | undefined) => void;
  error?: string | undefined;
}): ReactNode {
  const text = useText();
  const words = text.life.proofPaper;
  const [choosing, setChoosing] = useState(false);
  const { keepers, chosen, choose, error } = props;
  return (
    <div className="field wide proof-paper">
      <span className="label">{words.title}</span>
      <div className="proof-paper-row">
        {chosen && <b>{chosen.name}</b>}
        {keepers.length > 0 && (
          <Button onClick={() => setChoosing(true)}>{chosen ? words.other : words.choose}</Button>
        )}
        {chosen && (
          <Button type="link" onClick={() => choose(undefined)}>
            {words.without}
          </Button>
        )}
      </div>
      <p className={error ? 'field-error' : 'help'} role={error ? 'alert' : undefined}>
        {error ?? (keepers.length > 0 ? words.help : props.none)}
      </p>
      <Suspense>
        {choosing && (
          <PaperDialog
            keepers={keepers}
            choose={(paper) => {
              choose(paper);
              setChoosing(false);
            }}
            close={() => setChoosing(false)}
          />
        )}
      </Suspense>
    </div>
  );
}

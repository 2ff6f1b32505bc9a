import { Button } from 'antd';
import type { ReactNode } from 'react';
import { ApiError } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';

/** Why a list cannot be read or carried out: every fault in the server's own words. */
export function StaffFault(props: { error: unknown; retry: () => void }): ReactNode {
  const { staff: text } = useText();
  const words = useProblemText();
  const { error } = props;
  const faults = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  return (
    <div className="failed" role="alert">
      {faults.length === 0 && <p>{words(error)}</p>}
      {faults.map(({ field, message }) => (
        <p key={field}>{message}</p>
      ))}
      <Button onClick={props.retry}>{text.look}</Button>
    </div>
  );
}

import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';
import { useText } from '../language.tsx';

/** What went wrong, in plain words: the server's own where it gave some. */
export function useProblemText(): (error: unknown) => string {
  const { errors } = useText();
  return (error) => {
    if (!(error instanceof ApiError)) return errors.unknown;
    if (error.status === 0) return errors.unreachable;
    if (error.problem.detail) return error.problem.detail;
    if (error.problem.title) return error.problem.title;
    return error.status >= 500 ? errors.server : errors.unknown;
  };
}

/** A failed part of a page, with a way to try again. */
export function Failed(props: { error: unknown; retry?: () => void }): ReactNode {
  const { errors } = useText();
  const words = useProblemText();
  return (
    <div className="failed" role="alert">
      <p>{words(props.error)}</p>
      {props.retry && <Button onClick={props.retry}>{errors.retry}</Button>}
    </div>
  );
}

/** Grey lines in the place of what is on its way. */
export function Loading({ rows = 4 }: { rows?: number }): ReactNode {
  const { app } = useText();
  return (
    <div role="status" aria-label={app.loading} className="loading">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}

/** Nothing here: says what to do next. */
export function Nothing(props: { children: ReactNode; action?: ReactNode }): ReactNode {
  return (
    <div className="nothing">
      <p>{props.children}</p>
      {props.action}
    </div>
  );
}

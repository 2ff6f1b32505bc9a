import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';
import { useText } from '../language.tsx';
import { usePage } from '../page.ts';
import { useProblemText } from '../parts/Feedback.tsx';

/** A page of a few plain words and a way on. */
export function Plain(props: { title: string; words: string; retry?: () => void }): ReactNode {
  const { app, errors } = useText();
  usePage(props.title);
  return (
    <div className="plain-page" role="alert">
      <h1>{props.title}</h1>
      <p>{props.words}</p>
      <p className="actions">
        {props.retry && <Button onClick={props.retry}>{errors.retry}</Button>}
        <Link to="/">{app.home}</Link>
      </p>
    </div>
  );
}

export function NotFound(): ReactNode {
  const { errors } = useText();
  return <Plain title={errors.notFoundTitle} words={errors.notFound} />;
}

/** Shown where a page, or what it needs, could not be had. */
export function PageError({
  error,
  reset,
}: Pick<ErrorComponentProps, 'error' | 'reset'>): ReactNode {
  const { errors } = useText();
  const words = useProblemText();
  const status = error instanceof ApiError ? error.status : null;
  if (status === 404) return <NotFound />;
  if (status === 403)
    return <Plain title={errors.refusedTitle} words={`${words(error)} ${errors.refused}`} />;
  return <Plain title={errors.failedTitle} words={words(error)} retry={reset} />;
}

import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Loading } from '../../../../console/parts/Feedback.tsx';
import type { Session } from '../../../../console/session.tsx';
import { SignInForm } from './SignInForm.tsx';

const SignInSteps = lazy(() => import('./SignInSteps.tsx'));

/**
 * Name and password, and the steps after them that the server asks for.
 * `begun` goes on with a session whose steps are not done; `done` is called with an open one.
 */
export function SignIn(props: {
  username?: string;
  fill?: { username: string; password: string } | null;
  begun?: Session | null;
  done: (session: Session) => void;
}): ReactNode {
  const [session, setSession] = useState<Session | null>(props.begun ?? null);
  const [password, setPassword] = useState('');
  const goOn = (next: Session): void => {
    if (next.stage === 'open') props.done(next);
    else setSession(next);
  };
  if (!session || session.stage === 'open')
    return (
      <SignInForm
        username={props.username}
        fill={props.fill}
        done={(next, typed) => {
          setPassword(typed);
          goOn(next);
        }}
      />
    );
  return (
    <Suspense fallback={<Loading rows={3} />}>
      <SignInSteps
        key={session.stage}
        session={session}
        password={password}
        goOn={goOn}
        giveUp={props.username === undefined ? () => setSession(null) : undefined}
      />
    </Suspense>
  );
}

import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import type { Session } from '../../../../console/session.tsx';
import { CodeStep } from './CodeStep.tsx';
import { FactorSetup } from './FactorSetup.tsx';
import { PasswordFields } from './PasswordFields.tsx';
import './identity.css';

interface StepProps {
  session: Session;
  goOn: (session: Session) => void;
}

/** What is still to be done after the password: a code, a new password, setting the second factor up. */
export default function SignInSteps(
  props: StepProps & { password: string; giveUp: (() => void) | undefined },
): ReactNode {
  const { steps: text } = useText();
  const { session, giveUp } = props;
  // The session once the second factor is set, while the recovery codes are still shown.
  const [after, setAfter] = useState<Session | null>(null);
  const leave = (): void => {
    void api
      .delete('/session')
      .catch(() => {})
      .then(giveUp);
  };
  return (
    <div className="sign-in-step">
      {session.stage === 'second_factor' && <CodeStep goOn={props.goOn} />}
      {session.stage === 'password' && <PasswordStep {...props} />}
      {session.stage === 'enrol' && (
        <EnrolStep after={after} setAfter={setAfter} goOn={props.goOn} />
      )}
      {giveUp && !after && (
        <Button type="link" onClick={leave}>
          {text.other}
        </Button>
      )}
    </div>
  );
}

function PasswordStep(props: StepProps & { password: string }): ReactNode {
  const { steps: text } = useText();
  return (
    <>
      <h2>{text.passwordTitle}</h2>
      <p className="help">{text.passwordHelp(props.session.account.username)}</p>
      <PasswordFields
        known={props.password || undefined}
        currentLabel={text.initial}
        done={async () => props.goOn(await api.get<Session>('/session'))}
      />
    </>
  );
}

function EnrolStep(props: {
  after: Session | null;
  setAfter: (session: Session) => void;
  goOn: (session: Session) => void;
}): ReactNode {
  const { steps: text } = useText();
  const { after, goOn } = props;
  return (
    <>
      <h2>{text.enrolTitle}</h2>
      {!after && <p className="help">{text.enrolHelp}</p>}
      <FactorSetup confirmed={props.setAfter} done={() => after && goOn(after)} />
    </>
  );
}

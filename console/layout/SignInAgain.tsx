import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import type { ReactNode } from 'react';
import { SignIn } from '../../features/identity/ui/console/SignIn.tsx';
import { useText } from '../language.tsx';
import { sessionQuery } from '../session.tsx';

/** The session ended while a page stood open: signing in again keeps everything typed there. */
export default function SignInAgain(props: { username: string; done: () => void }): ReactNode {
  const { signIn } = useText();
  const client = useQueryClient();
  return (
    <Modal
      open
      title={signIn.expired}
      footer={null}
      closable={false}
      mask={{ closable: false }}
      width={400}
    >
      <p>{signIn.expiredHelp}</p>
      <SignIn
        username={props.username}
        done={(session) => {
          client.setQueryData(sessionQuery.queryKey, session);
          props.done();
          void client.invalidateQueries({ predicate: ({ state }) => state.status === 'error' });
        }}
      />
    </Modal>
  );
}

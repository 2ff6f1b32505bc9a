import { Modal } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import { PasswordFields } from './PasswordFields.tsx';

/** Changes one's own password. */
export default function PasswordDialog({ close }: { close: () => void }): ReactNode {
  const { password: text } = useText();
  return (
    <Modal open title={text.title} footer={null} onCancel={close} width={420}>
      <PasswordFields
        done={() => {
          say(text.done);
          close();
        }}
      />
    </Modal>
  );
}

import { Alert, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { RecordFinder } from '../../../../archive/ui/console/RecordFinder.tsx';
import type { Hit } from '../../../../archive/ui/console/types.ts';

/** Finds the resident whom a row means, when it is none of the candidates. */
export default function AnotherDialog(props: {
  choose: (resident: string, name: string) => void;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const [chosen, setChosen] = useState<Hit | null>(null);
  const [problem, setProblem] = useState('');
  return (
    <Modal
      open
      title={text.review.anotherTitle}
      okText={text.review.confirm}
      cancelText={text.app.cancel}
      onOk={() =>
        chosen ? props.choose(chosen.id, chosen.title) : setProblem(text.review.apart.chooseFirst)
      }
      onCancel={props.close}
    >
      {problem && !chosen && <Alert type="error" showIcon title={problem} role="alert" />}
      <RecordFinder category="resident" chosen={chosen} choose={setChosen} />
    </Modal>
  );
}

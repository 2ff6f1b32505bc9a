import type { ReactNode } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { ReasonDialog } from '../ReasonDialog.tsx';
import { useSendKey } from '../submit.ts';
import type { Document } from './types.ts';

/** Takes a document out of use, with a reason; it stays readable. */
export default function RetireDialog(props: {
  document: Document;
  name: string;
  close: () => void;
  done: () => void;
}): ReactNode {
  const { documents: text } = useText();
  const sendKey = useSendKey();
  const retire = (reason: string) =>
    api.post(`/documents/${props.document.id}/retirement`, { reason }, sendKey({ reason }));
  return (
    <ReasonDialog
      title={text.retireOf(props.name)}
      help={text.retireHelp}
      act={text.retire}
      danger
      send={retire}
      changes={['documents', 'looks']}
      done={text.retired}
      close={props.close}
      after={props.done}
    />
  );
}

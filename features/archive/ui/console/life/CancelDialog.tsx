import type { ReactNode } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { ReasonDialog } from '../ReasonDialog.tsx';
import { afterAct } from './afterAct.ts';

/** Cancels an act of life that was registered by mistake. */
export default function CancelDialog(props: { event: string; close: () => void }): ReactNode {
  const { life: text, app } = useText();
  return (
    <ReasonDialog
      title={text.cancelTitle}
      help={text.cancelHelp}
      act={text.cancel}
      leave={app.close}
      send={(reason) => api.post(`/life-events/${props.event}/cancellation`, { reason })}
      changes={afterAct}
      done={text.cancelled}
      close={props.close}
    />
  );
}

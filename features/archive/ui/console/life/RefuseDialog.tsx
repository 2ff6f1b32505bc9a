import type { ReactNode } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import type { Arrival } from '../../../life/contract.ts';
import { ReasonDialog } from '../ReasonDialog.tsx';

/** Sends an arrival back: the file stays with the old village. */
export default function RefuseDialog(props: { arrival: Arrival; close: () => void }): ReactNode {
  const { handover: text } = useText();
  return (
    <ReasonDialog
      title={text.refuseTitle(props.arrival.name)}
      help={text.refuseHelp}
      act={text.refuse}
      send={(reason) => api.post(`/arrivals/${props.arrival.id}/refusal`, { reason })}
      changes={['arrivals']}
      done={text.refused}
      close={props.close}
    />
  );
}

import type { ReactNode } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { ReasonDialog } from './ReasonDialog.tsx';

/** Ends a membership; the resident's own file stays. */
export default function RemoveMemberDialog(props: {
  household: string;
  member: { resident: string; name: string };
  close: () => void;
}): ReactNode {
  const { members: text } = useText();
  const path = `/households/${props.household}/members/${props.member.resident}`;
  return (
    <ReasonDialog
      title={text.removeOf(props.member.name)}
      help={text.removeHelp}
      act={text.remove}
      send={(reason) => api.delete(path, { reason })}
      changes={['file', 'changes', 'list', 'book', 'search']}
      done={text.removed}
      close={props.close}
    />
  );
}

import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { useSendKey } from '../submit.ts';
import type { Change } from '../types.ts';
import type { Keeper } from './form.ts';
import PaperDialog from './PaperDialog.tsx';

/** Gives an act that was registered without a document the one that proves it. */
export default function LateProof(props: {
  event: NonNullable<Change['event']>;
  close: () => void;
}): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const { event, close } = props;
  const household: Keeper[] = event.household
    ? [{ category: 'household', id: event.household, name: text.life.proofPaper.household }]
    : [];
  const people = event.residents.map(
    ({ id, name }): Keeper => ({ category: 'resident', id, name: name ?? text.life.someone }),
  );
  const prove = async (document: string): Promise<void> => {
    try {
      const body = { document };
      await api.post(`/life-events/${event.id}/proof`, body, sendKey(body));
      for (const key of ['changes', 'documents', 'register'])
        void client.invalidateQueries({ queryKey: [key] });
      say(text.life.proofPaper.added);
      close();
    } catch (error) {
      say(words(error));
    }
  };
  return (
    <PaperDialog
      keepers={[...household, ...people]}
      choose={({ id }) => void prove(id)}
      close={close}
    />
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { ReviewRow } from '../../../review/contract.ts';

/** Takes a decision back: the row waits again, and what it wrote goes. */
export function useTakeBack(
  { batch, n, version }: Pick<ReviewRow, 'batch' | 'n' | 'version'>,
  then: () => void,
): () => Promise<void> {
  const { review: text } = useText();
  const words = useProblemText();
  const client = useQueryClient();
  return async () => {
    try {
      await api.post(`/gather/rows/${batch}/${n}/separation`, { to: 'queue' }, undefined, version);
      for (const key of [
        'waiting-rows',
        'waiting-figures',
        'gathered-row',
        'jobs',
        'file',
        'changes',
      ])
        void client.invalidateQueries({ queryKey: [key] });
      say(text.tookBack);
      then();
    } catch (error) {
      say(words(error));
    }
  };
}

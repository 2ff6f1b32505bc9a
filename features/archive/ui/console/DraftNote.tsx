import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';

/** Says that an unfinished form was brought back, and lets it go. */
export function DraftNote({ discard }: { discard: () => void }): ReactNode {
  const { draft } = useText();
  return (
    <Alert
      type="info"
      showIcon
      title={draft.restored}
      action={
        <Button size="small" onClick={discard}>
          {draft.discard}
        </Button>
      }
    />
  );
}

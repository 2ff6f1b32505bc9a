import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import { pathOf } from '../../../../console/parts/categories.ts';
import { Loading } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';
import { say } from '../../../../console/parts/Toast.tsx';
import type { CategoryKey } from '../../contract.ts';
import { useStoredDraft } from './draft.ts';
import { type NewBody, NewRecordForm } from './NewRecordForm.tsx';

/** A new record of a category; saved, its file opens. */
export default function NewRecordDrawer(props: {
  category: CategoryKey;
  area: string | undefined;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { category } = props;
  const draftKey = `new:${category}`;
  const draft = useStoredDraft<NewBody>(draftKey);
  const title = text.list.create[category];
  if (!draft.ready) {
    return (
      <Drawer open size={720} title={title} onClose={props.close}>
        <Loading rows={8} />
      </Drawer>
    );
  }
  return (
    <NewRecordForm
      title={title}
      category={category}
      area={props.area}
      draftKey={draftKey}
      restored={draft.body}
      close={props.close}
      saved={async (id) => {
        for (const kind of ['list', 'book', 'search']) {
          void client.invalidateQueries({ queryKey: [kind] });
        }
        say(text.edit.saved);
        await navigate({ to: `${pathOf[category]}/$id`, params: { id } });
      }}
    />
  );
}

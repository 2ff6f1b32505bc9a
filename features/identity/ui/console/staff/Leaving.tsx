import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { Leaver } from '../../../staff/contract.ts';
import { usePostWords } from './planColumns.tsx';

/** Posts that end because the list does not name them. */
export function Leaving({ leavers }: { leavers: readonly Leaver[] }): ReactNode {
  const text = useText();
  const postWords = usePostWords();
  return (
    <Panel title={text.staff.leavingTitle(leavers.length)}>
      <p className="help">{text.staff.leavingHelp}</p>
      <DataTable
        caption={text.staff.leaving}
        rows={[...leavers]}
        rowKey={({ post }) => post.id}
        columns={[
          {
            key: 'name',
            title: text.accounts.name,
            heading: true,
            cell: ({ name, username }) => (
              <>
                {name} <small>{username}</small>
              </>
            ),
          },
          { key: 'post', title: text.accounts.posts, cell: ({ post }) => postWords(post) },
        ]}
      />
    </Panel>
  );
}

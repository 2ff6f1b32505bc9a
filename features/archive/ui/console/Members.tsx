import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Nothing } from '../../../../console/parts/Feedback.tsx';
import { FileLink } from '../../../../console/parts/FileLink.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { Bar } from '../../../../console/parts/Ring.tsx';
import { LifeMenu } from './life/LifeMenu.tsx';
import { Tags } from './Tags.tsx';
import type { Household } from './types.ts';

const AddMemberDrawer = lazy(() => import('./AddMemberDrawer.tsx'));
const RemoveMemberDialog = lazy(() => import('./RemoveMemberDialog.tsx'));
type Member = Household['members'][number];

/** The members of a household with their relations; a card each on a phone. */
export function Members({ file }: { file: Household }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const columns: Column<Member>[] = [
    {
      key: 'name',
      title: dictionary.item('resident', 'name'),
      heading: true,
      cell: (member) => (
        <FileLink category="resident" id={member.resident}>
          {member.name}
        </FileLink>
      ),
    },
    {
      key: 'relation',
      title: text.members.relation,
      card: 'bare',
      cell: (member) => dictionary.code('family_relation', member.relation),
    },
    {
      key: 'sex',
      title: text.list.sexAge,
      card: 'bare',
      cell: (member) =>
        [
          dictionary.value('resident', 'sex', member.sex),
          member.age === null ? '' : text.file.years(member.age),
        ]
          .filter(Boolean)
          .join(' · '),
    },
    {
      key: 'registered',
      title: text.members.registered,
      card: 'brief',
      cell: (member) => (member.registered ? text.file.yes : text.file.no),
    },
    {
      key: 'kind',
      title: dictionary.item('resident', 'residence_kind'),
      card: 'bare',
      cell: (member) => dictionary.value('resident', 'residence_kind', member.residenceKind),
    },
    {
      key: 'phone',
      title: dictionary.item('resident', 'phone'),
      card: 'bare',
      cell: (member) =>
        member.phoneMask && <span className="figures-font">{member.phoneMask}</span>,
    },
    {
      key: 'tags',
      title: text.file.tags,
      card: 'line',
      cell: (member) => member.tags.length > 0 && <Tags tags={member.tags} />,
    },
    {
      key: 'completeness',
      title: text.file.completeness,
      card: 'line',
      cell: (member) => <Bar percent={member.completeness} />,
    },
  ];
  if (file.abilities.edit) {
    columns.push({
      key: 'actions',
      title: text.members.actions,
      card: 'corner',
      cell: (member) => (
        <button
          type="button"
          className="link quiet"
          aria-label={text.members.removeOf(member.name)}
          onClick={() => setLeaving(member)}
        >
          {text.members.remove}
        </button>
      ),
    });
  }
  return (
    <Panel
      title={text.members.title}
      extra={
        file.abilities.edit && (
          <div className="head-actions">
            <LifeMenu household={file} />
            <Button onClick={() => setAdding(true)}>{text.members.add}</Button>
          </div>
        )
      }
    >
      {file.members.length === 0 ? (
        <Nothing>{text.members.none}</Nothing>
      ) : (
        <DataTable
          caption={text.members.title}
          columns={columns}
          rows={file.members}
          rowKey={(member) => member.resident}
        />
      )}
      <Suspense>
        {adding && <AddMemberDrawer household={file} close={() => setAdding(false)} />}
        {leaving && (
          <RemoveMemberDialog household={file.id} member={leaving} close={() => setLeaving(null)} />
        )}
      </Suspense>
    </Panel>
  );
}

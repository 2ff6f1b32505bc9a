import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import type { Column } from '../../../../../console/parts/DataTable.tsx';
import type { Leaver, Outcome, StaffRow } from '../../../staff/contract.ts';

type PlannedPost = NonNullable<StaffRow['post']> | Leaver['post'];

/** A post in words: role, department, area. */
export function usePostWords(): (post: PlannedPost) => ReactNode {
  const text = useText();
  const departments: Record<string, string> = text.departments;
  return ({ role, department, area }) => (
    <span>
      {[text.roles[role], department && (departments[department] ?? department), area.name]
        .filter(Boolean)
        .join(' · ')}{' '}
      <small className="figures-font">{area.code}</small>
    </span>
  );
}

const tags: Record<Outcome, string> = {
  account: 'tag tag-green',
  post: 'tag tag-blue',
  end: 'tag tag-orange',
  unchanged: 'tag',
  fault: 'tag tag-red',
};

/** The columns of what a list would change. */
export function usePlanColumns(): Column<StaffRow>[] {
  const text = useText();
  const postWords = usePostWords();
  return [
    {
      key: 'row',
      title: text.staff.row,
      card: 'corner',
      cell: ({ row }) => <span className="figures-font">{text.staff.rowNumber(row)}</span>,
    },
    {
      key: 'name',
      title: text.accounts.name,
      heading: true,
      cell: ({ name, username }) => (
        <>
          {name || text.staff.noName} <small>{username}</small>
        </>
      ),
    },
    {
      key: 'outcome',
      title: text.staff.outcome,
      cell: ({ outcome }) => (
        <span>
          <span className={tags[outcome]}>{text.staff.outcomes[outcome]}</span>
        </span>
      ),
    },
    {
      key: 'post',
      title: text.accounts.posts,
      cell: ({ post, faults, remark }) => (
        <div>
          {post && postWords(post)}
          {remark && <small className="staff-remark">{text.staff.remarks[remark]}</small>}
          {faults.length > 0 && (
            <ul className="staff-faults">
              {faults.map(({ column, message }) => (
                <li key={`${column} ${message}`}>
                  <b>{column}</b> {message}
                </li>
              ))}
            </ul>
          )}
        </div>
      ),
    },
    {
      key: 'days',
      title: text.staff.days,
      cell: ({ post }) =>
        post && (
          <span className="figures-font">
            {post.from} – {post.until ?? text.accounts.open}
          </span>
        ),
    },
  ];
}

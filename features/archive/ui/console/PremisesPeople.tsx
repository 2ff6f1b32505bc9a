import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useText } from '../../../../console/language.tsx';
import { Nothing } from '../../../../console/parts/Feedback.tsx';
import { FileLink } from '../../../../console/parts/FileLink.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { Premise } from './types.ts';

const LinkDialog = lazy(() => import('./LinkDialog.tsx'));

/** Who stands for premises, and who runs them. */
export function PremisesPeople({ file }: { file: Premise }): ReactNode {
  const text = useText();
  const [linking, setLinking] = useState(false);
  const roles: Record<string, string> = text.linked.premisesRoles;
  return (
    <Panel
      title={text.linked.people}
      extra={
        file.abilities.edit && (
          <Button onClick={() => setLinking(true)}>{text.linked.addPerson}</Button>
        )
      }
    >
      {file.people.length === 0 && <Nothing>{text.linked.noPeople}</Nothing>}
      <ul className="lines files">
        {file.people.map((person) => (
          <li key={`${person.resident}.${person.role}`}>
            <FileLink category="resident" id={person.resident}>
              <span>{person.name}</span>
              <small>{roles[person.role] ?? person.role}</small>
            </FileLink>
          </li>
        ))}
      </ul>
      {linking && (
        <Suspense>
          <LinkDialog
            title={text.linked.addPerson}
            category="resident"
            kinds={text.linked.premisesRoles}
            path={`/premises/${file.id}/people`}
            body={(resident, role) => ({ resident, role })}
            close={() => setLinking(false)}
          />
        </Suspense>
      )}
    </Panel>
  );
}

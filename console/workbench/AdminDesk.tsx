import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../language.tsx';
import { useSession } from '../session.tsx';

/** The desk of an administrator: the pages of the office, and no resident's content. */
export function AdminDesk(): ReactNode {
  const { nav, workbench } = useText();
  const { abilities } = useSession();
  return (
    <ul className="desk-links">
      {abilities.manageAccounts && (
        <>
          <li>
            <Link to="/accounts">
              <b>{nav.accounts}</b>
              <span>{workbench.accountsHelp}</span>
            </Link>
          </li>
          <li>
            <Link to="/access">
              <b>{nav.access}</b>
              <span>{workbench.accessHelp}</span>
            </Link>
          </li>
          <li>
            <Link to="/gather/systems">
              <b>{nav.systems}</b>
              <span>{workbench.systemsHelp}</span>
            </Link>
          </li>
        </>
      )}
      {abilities.readAudit && (
        <li>
          <Link to="/audit">
            <b>{nav.audit}</b>
            <span>{workbench.auditHelp}</span>
          </Link>
        </li>
      )}
      {abilities.manageSystem && (
        <>
          <li>
            <Link to="/gather">
              <b>{nav.gather}</b>
              <span>{workbench.gatherHelp}</span>
            </Link>
          </li>
          <li>
            <Link to="/system">
              <b>{nav.system}</b>
              <span>{workbench.systemHelp}</span>
            </Link>
          </li>
        </>
      )}
    </ul>
  );
}

import type { ReactNode } from 'react';
import { useText } from '../language.tsx';
import { usePage } from '../page.ts';
import { useSession } from '../session.tsx';
import { AdminDesk } from './AdminDesk.tsx';
import { ArchiveDesk } from './ArchiveDesk.tsx';
import './workbench.css';

/** 工作台: what waits for the one who signs in, under the post one acts under. */
export function WorkbenchPage(): ReactNode {
  const text = useText();
  const { account, acting, abilities } = useSession();
  usePage(text.nav.workbench);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.workbench.hello(account.name)}</h1>
        {acting && (
          <p>
            {text.roles[acting.role]} · {acting.area.name}
            {acting.until && ` · ${text.post.until(acting.until)}`}
          </p>
        )}
      </header>
      {!acting && <p>{text.post.noneHelp}</p>}
      {acting && abilities.readArchive && <ArchiveDesk area={acting.area.code} />}
      {!abilities.readArchive && <AdminDesk />}
    </div>
  );
}

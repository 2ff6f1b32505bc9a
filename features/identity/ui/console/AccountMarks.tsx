import type { ReactNode } from 'react';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import type { Account } from '../../contract.ts';

/** What is to be known of an account at a glance. */
export function AccountMarks({ account }: { account: Account }): ReactNode {
  const { accounts: text } = useText();
  return (
    <span className="tags">
      <span className={`tag ${account.active ? 'tag-green' : 'tag-red'}`}>
        {account.active ? text.active : text.inactive}
      </span>
      {account.lockedUntil && (
        <span className="tag tag-orange">{text.locked(minute(account.lockedUntil))}</span>
      )}
      {account.passwordChange && <span className="tag tag-orange">{text.firstPassword}</span>}
      {account.secondFactorSince && <span className="tag tag-blue">{text.strong}</span>}
      {account.demo && <span className="tag tag-purple">{text.demo}</span>}
    </span>
  );
}

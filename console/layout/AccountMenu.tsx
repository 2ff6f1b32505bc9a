import { Link } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useDisplay } from '../display.tsx';
import { useLanguage } from '../language.tsx';
import { useProblemText } from '../parts/Feedback.tsx';
import { say } from '../parts/Toast.tsx';
import { useSession, useSignOut } from '../session.tsx';

const PasswordDialog = lazy(() => import('../../features/identity/ui/console/PasswordDialog.tsx'));

/** Who is signed in: language, size of type, password, and the ways out. */
export function AccountMenu(): ReactNode {
  const { text, language, setLanguage } = useLanguage();
  const { large, setLarge } = useDisplay();
  const { account } = useSession();
  const signOut = useSignOut();
  const words = useProblemText();
  const [password, setPassword] = useState(false);
  const leave = (everywhere: boolean): void => {
    signOut(everywhere).catch((error) => say(words(error)));
  };
  return (
    <>
      <Dropdown
        trigger={['click']}
        popupRender={(menu) => <nav aria-label={text.account.menu(account.name)}>{menu}</nav>}
        menu={{
          items: [
            {
              key: 'language',
              label: text.account.otherLanguage,
              onClick: () => setLanguage(language === 'zh' ? 'en' : 'zh'),
            },
            {
              key: 'large',
              label: large ? text.account.usualType : text.account.largeType,
              onClick: () => setLarge(!large),
            },
            { key: 'mine', label: <Link to="/my-sign-ins">{text.account.mine}</Link> },
            { key: 'password', label: text.account.password, onClick: () => setPassword(true) },
            { type: 'divider' },
            { key: 'out', label: text.account.signOut, onClick: () => leave(false) },
            {
              key: 'everywhere',
              label: text.account.signOutEverywhere,
              onClick: () => leave(true),
            },
          ],
        }}
      >
        <Button type="text" className="account-button" aria-label={text.account.menu(account.name)}>
          <span>{account.name}</span>
          <span aria-hidden="true">▾</span>
        </Button>
      </Dropdown>
      {password && (
        <Suspense>
          <PasswordDialog close={() => setPassword(false)} />
        </Suspense>
      )}
    </>
  );
}

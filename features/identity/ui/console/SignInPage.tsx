import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useLanguage } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { type Session, sessionQuery } from '../../../../console/session.tsx';
import { aboutQuery } from './about.ts';
import { SignIn } from './SignIn.tsx';
import './identity.css';

const demoPassword = 'Minqing-demo-2026';

/** A path of this site to go on to, or the workbench: never an address elsewhere. */
const onward = (next: string | undefined): string =>
  next && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/';

/** The door: what this is, and who you are. In a demonstration the accounts stand beside it. */
export function SignInPage(): ReactNode {
  const { text, language, setLanguage } = useLanguage();
  const { next, refused } = useSearch({ from: '/sign-in' });
  const client = useQueryClient();
  const navigate = useNavigate();
  // Whoever opens a page with steps still to do is sent here, and goes on with them.
  const [begun] = useState(() => client.getQueryData<Session>(sessionQuery.queryKey) ?? null);
  const [fill, setFill] = useState<{ username: string; password: string } | null>(null);
  const { data: about } = useQuery(aboutQuery);
  const words: Record<string, string> = text.signIn.refused;
  usePage(text.signIn.title);

  return (
    <div className="sign-in">
      {about?.demo && (
        <aside className="demo" aria-label={text.app.notice}>
          {text.app.demo}
        </aside>
      )}
      <main>
        <div className="sign-in-card">
          <h1>
            {text.app.name}
            <small>{text.app.line}</small>
          </h1>
          {refused !== undefined && (
            <p className="field-error" role="alert">
              {words[refused] ?? text.signIn.refused['sso-refused']}
            </p>
          )}
          <SignIn
            key={fill?.username ?? ''}
            fill={fill}
            begun={fill ? null : begun}
            done={(session) => {
              client.clear();
              client.setQueryData(sessionQuery.queryKey, session);
              void navigate({ href: onward(next) });
            }}
          />
          {about?.singleSignOn && (
            <p className="single-sign-on">
              <span>{text.signIn.or}</span>
              <Button
                block
                size="large"
                href={`/api/v1/session/oidc?next=${encodeURIComponent(onward(next))}`}
              >
                {about.singleSignOn.label || text.signIn.singleSignOn}
              </Button>
            </p>
          )}
        </div>
        {about?.demo && about.accounts && about.accounts.length > 0 && (
          <section className="demo-accounts" aria-labelledby="demo-accounts">
            <h2 id="demo-accounts">{text.signIn.demoAccounts}</h2>
            <p>{text.signIn.demoHelp}</p>
            <p className="caution">{text.signIn.demoExempt}</p>
            <ul>
              {about.accounts.map((account) => (
                <li key={account.username}>
                  <Button
                    block
                    onClick={() => setFill({ username: account.username, password: demoPassword })}
                  >
                    <b>{account.label}</b>
                    <small>{account.username}</small>
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </main>
      <footer>
        <Button type="link" onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>
          {text.account.otherLanguage}
        </Button>
        {about && <span>{text.signIn.version(about.version)}</span>}
      </footer>
    </div>
  );
}

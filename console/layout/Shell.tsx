import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { JobsSign } from '../../features/jobs/ui/console/JobsSign.tsx';
import { onSignedOut } from '../api.ts';
import { useText } from '../language.tsx';
import { useSession } from '../session.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import { Crumbs } from './Crumbs.tsx';
import { Nav } from './Nav.tsx';
import { PostSwitcher } from './PostSwitcher.tsx';
import { SearchBox } from './SearchBox.tsx';
import './shell.css';

const SignInAgain = lazy(() => import('./SignInAgain.tsx'));

/** What stands on every page: header with crumbs and search, navigation at the left. */
export function Shell(): ReactNode {
  const { app, nav } = useText();
  const session = useSession();
  const [expired, setExpired] = useState(false);
  const drawer = useRef<HTMLDialogElement>(null);
  const at = useRouterState({ select: (state) => state.location.href });

  useEffect(() => onSignedOut(() => setExpired(true)), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going elsewhere, or to another post, closes the drawer
  useEffect(() => drawer.current?.close(), [at, session.post]);

  return (
    <div className="shell">
      <a className="skip" href="#page">
        {app.skip}
      </a>
      {session.demo && (
        <aside className="demo" aria-label={app.notice}>
          {app.demo}
        </aside>
      )}
      <header className="top">
        <button
          type="button"
          className="plain menu-button"
          aria-label={nav.open}
          onClick={() => drawer.current?.showModal()}
        >
          <MenuIcon />
        </button>
        <span className="brand">{app.name}</span>
        <Crumbs />
        {session.abilities.readArchive && <SearchBox />}
        <div className="top-right">
          <JobsSign />
          <PostSwitcher />
          <AccountMenu />
        </div>
      </header>
      <nav className="side" aria-label={nav.label}>
        <Nav />
      </nav>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself */}
      <dialog
        ref={drawer}
        className="drawer"
        aria-label={nav.label}
        onClick={(event) => event.target === drawer.current && drawer.current.close()}
      >
        <div className="drawer-head">
          <span className="brand">{app.name}</span>
          <button type="button" className="plain" onClick={() => drawer.current?.close()}>
            {app.close}
          </button>
        </div>
        <Nav />
        <div className="drawer-post">
          <PostSwitcher block />
        </div>
      </dialog>
      <main id="page" tabIndex={-1}>
        <Outlet />
      </main>
      {expired && (
        <Suspense>
          <SignInAgain username={session.account.username} done={() => setExpired(false)} />
        </Suspense>
      )}
    </div>
  );
}

function MenuIcon(): ReactNode {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <path
        d="M3 6h16M3 11h16M3 16h16"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
    </svg>
  );
}

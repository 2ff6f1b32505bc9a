import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../language.tsx';
import { usePageArea } from '../page.ts';
import { useArea } from '../parts/AreaPicker.tsx';
import { inScope, useSession } from '../session.tsx';

/** The area tree from the province down to the page's area; links only within one's scope. */
export function Crumbs(): ReactNode {
  const text = useText();
  const { acting, abilities } = useSession();
  const ofPage = usePageArea();
  const own = useArea(abilities.readArchive && !ofPage ? acting?.area.code : undefined);
  const path = ofPage ?? own?.path ?? (acting ? [acting.area] : []);
  if (!abilities.readArchive) return <div className="crumbs" />;
  return (
    <nav className="crumbs" aria-label={text.nav.crumbs}>
      <ol>
        {path.map((area) => (
          <li key={area.code}>
            {inScope(acting, area.code) ? (
              <Link to="/areas/$code" params={{ code: area.code }}>
                {area.name}
              </Link>
            ) : (
              <span>{area.name}</span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../language.tsx';
import { categories, pathOf } from '../parts/categories.ts';
import { useSession } from '../session.tsx';

/** The links at the left: the pages that the post one acts under may see. */
export function Nav(): ReactNode {
  const text = useText();
  const { abilities, acting } = useSession();
  return (
    <ul className="nav">
      <li>
        <Link to="/" activeOptions={{ exact: true }}>
          {text.nav.workbench}
        </Link>
      </li>
      {abilities.readArchive && acting && (
        <>
          <li>
            <Link to="/areas/$code" params={{ code: acting.area.code }}>
              {text.nav.book}
            </Link>
          </li>
          {categories.map((category) => (
            <li key={category}>
              <Link to={pathOf[category]}>{text.categories[category]}</Link>
            </li>
          ))}
          <li>
            <Link to="/register">{text.nav.register}</Link>
          </li>
          {abilities.decideRows && (
            <li>
              <Link to="/gather/review">{text.review.nav}</Link>
            </li>
          )}
        </>
      )}
      {acting && (abilities.readArchive || abilities.changeAreas) && (
        <li>
          <Link to="/map">{text.nav.map}</Link>
        </li>
      )}
      {abilities.seeBatches && (
        <li>
          <Link to="/gather" activeOptions={{ exact: true }}>
            {text.nav.gather}
          </Link>
        </li>
      )}
      {abilities.seeQuality && (
        <li>
          <Link to="/gather/quality">{text.nav.quality}</Link>
        </li>
      )}
      {acting && (
        <li>
          <Link to="/jobs">{text.nav.jobs}</Link>
        </li>
      )}
      {abilities.manageAccounts && (
        <>
          <li>
            <Link to="/accounts">{text.nav.accounts}</Link>
          </li>
          <li>
            <Link to="/access">{text.nav.access}</Link>
          </li>
          <li>
            <Link to="/gather/systems">{text.nav.systems}</Link>
          </li>
        </>
      )}
      {abilities.readAudit && (
        <li>
          <Link to="/audit">{text.nav.audit}</Link>
        </li>
      )}
      {abilities.manageSystem && (
        <>
          <li>
            <Link to="/items">{text.nav.items}</Link>
          </li>
          <li>
            <Link to="/system">{text.nav.system}</Link>
          </li>
        </>
      )}
    </ul>
  );
}

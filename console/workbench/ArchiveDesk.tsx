import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { Arrivals } from '../../features/archive/ui/console/life/Arrivals.tsx';
import type { AreaBook } from '../../features/area/contract.ts';
import { api } from '../api.ts';
import { useDictionary } from '../dictionary.tsx';
import { figure } from '../format.ts';
import { useText } from '../language.tsx';
import { ChildAreas } from '../parts/ChildAreas.tsx';
import { categories, isCategory, pathOf } from '../parts/categories.ts';
import { Failed, Loading, Nothing } from '../parts/Feedback.tsx';
import { FileLink } from '../parts/FileLink.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useRecent } from '../recent.ts';
import { useSession } from '../session.tsx';

const RightsDesk = lazy(() =>
  import('../../features/archive/ui/console/rights/RightsDesk.tsx').then((page) => ({
    default: page.RightsDesk,
  })),
);

const ReviewDesk = lazy(() =>
  import('../../features/gather/ui/console/review/ReviewDesk.tsx').then((page) => ({
    default: page.ReviewDesk,
  })),
);

const countOf = {
  resident: 'residents',
  household: 'households',
  housing: 'housing',
  premises: 'premises',
  organisation: 'organisations',
} as const;

/** The desk of those who keep the archive: gaps to work off, files opened last, areas below. */
export function ArchiveDesk({ area }: { area: string }): ReactNode {
  const text = useText();
  const { acting } = useSession();
  const keepsFiles =
    acting !== null && ['village_cadre', 'township_officer', 'grid_worker'].includes(acting.role);
  const { data, error, refetch } = useQuery({
    queryKey: ['book', area],
    queryFn: ({ signal }) => api.get<AreaBook>(`/areas/${area}/book`, undefined, signal),
  });
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  return (
    <>
      <ul className="figures">
        {categories.map((category) => (
          <li key={category}>
            <Link to={pathOf[category]}>
              <b>{figure(data.counts[countOf[category]])}</b>
              <span>{text.categories[category]}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="columns">
        <Gaps book={data} />
        <div className="stack">
          <Suspense>
            <RightsDesk />
            <ReviewDesk />
          </Suspense>
          {keepsFiles && <Arrivals />}
          <RecentFiles />
          {data.children.length > 0 && (
            <Panel title={text.book.children}>
              <ChildAreas areas={data.children} caption={text.book.children} />
            </Panel>
          )}
        </div>
      </div>
    </>
  );
}

/** What is missing, too old or incomplete: each line opens the list to work off. */
function Gaps({ book }: { book: AreaBook }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const missing = book.gaps.missing.filter(({ count }) => count !== 0);
  const stale = book.gaps.stale.filter(({ count }) => count !== 0);
  const incomplete = (['household', 'resident'] as const).filter(
    (category) => (book.gaps.completeness[category] ?? 100) < 100,
  );
  return (
    <Panel title={text.workbench.gaps} className="gaps">
      {missing.length + stale.length === 0 && <Nothing>{text.workbench.noGaps}</Nothing>}
      <ul className="lines">
        {missing.slice(0, 10).map(({ category, item, count }) =>
          isCategory(category) ? (
            <li key={`${category}.${item}`}>
              <Link to={pathOf[category]} search={{ missing: item }}>
                <span>
                  {text.gaps.without(text.categories[category], dictionary.item(category, item))}
                </span>
                <b>{figure(count)}</b>
              </Link>
            </li>
          ) : null,
        )}
        {stale.map(({ category, count }) =>
          isCategory(category) ? (
            <li key={category}>
              <Link to={pathOf[category]} search={{ stale: true }}>
                <span>{text.gaps.stale(text.categories[category])}</span>
                <b>{figure(count)}</b>
              </Link>
            </li>
          ) : null,
        )}
        {incomplete.map((category) => (
          <li key={`incomplete.${category}`}>
            <Link to={pathOf[category]} search={{ incomplete: true }}>
              <span>{text.gaps.incomplete(text.categories[category])}</span>
              <small>{text.gaps.average(figure(book.gaps.completeness[category]))}</small>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Files opened in this tab, by title. */
function RecentFiles(): ReactNode {
  const text = useText();
  const { post } = useSession();
  const recent = useRecent().filter((file) => file.post === post);
  return (
    <Panel title={text.workbench.recent}>
      {recent.length === 0 ? (
        <Nothing>{text.workbench.noRecent}</Nothing>
      ) : (
        <ul className="lines files">
          {recent.map((file) => (
            <li key={file.id}>
              <FileLink category={file.category} id={file.id}>
                <span>{file.title}</span>
                <small>{text.categories[file.category]}</small>
              </FileLink>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

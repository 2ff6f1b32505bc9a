import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError, api } from '../../../../console/api.ts';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { figure } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { NotFound, PageError } from '../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../console/page.ts';
import { ChildAreas } from '../../../../console/parts/ChildAreas.tsx';
import { categories, isCategory, pathOf } from '../../../../console/parts/categories.ts';
import { Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { FileLink } from '../../../../console/parts/FileLink.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { PrintButton } from '../../../../console/parts/PrintButton.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { AreaBook } from '../../contract.ts';
import { Buildings } from './buildings/Buildings.tsx';
import { Gaps } from './Gaps.tsx';
import { Pyramid } from './Pyramid.tsx';
import './book.css';

/** A grid, or a village that has none: where dwellings and their buildings are recorded. */
const holdsRecords = ({ area, children }: AreaBook): boolean =>
  area.level === 'grid' || (area.level === 'village' && children.length === 0);

const countOf = {
  resident: 'residents',
  household: 'households',
  housing: 'housing',
  premises: 'premises',
  organisation: 'organisations',
} as const;

/**
 * 一村一册: an area's book, from its figures down to what is missing.
 * @param more what features above have to tell of the area, below the rest
 */
export function BookPage({ more }: { more?: (code: string) => ReactNode }): ReactNode {
  const text = useText();
  const { abilities } = useSession();
  const code = useParams({ strict: false }).code ?? '';
  const { data, error, refetch } = useQuery({
    queryKey: ['book', code],
    queryFn: ({ signal }) => api.get<AreaBook>(`/areas/${code}/book`, undefined, signal),
  });
  usePage(data?.area.name ?? text.nav.book, data?.path ?? null);

  // A mangled code is an area that is not there.
  if (error instanceof ApiError && [400, 404].includes(error.status)) return <NotFound />;
  if (error && !data) return <PageError error={error} reset={() => void refetch()} />;
  if (!data) return <Loading rows={12} />;
  return (
    <div className="page book">
      <header className="page-head row">
        <h1>
          {data.area.name}
          <small>{text.book.title(text.levels[data.area.level])}</small>
        </h1>
        {data.area.level === 'grid' && abilities.changeAreas && (
          <Link className="split-link" to="/areas/$code/split" params={{ code }}>
            {text.split.open}
          </Link>
        )}
        <PrintButton
          path={`/areas/${code}/book.pdf`}
          name={`${text.book.title(text.levels[data.area.level])}-${data.area.name}`}
        />
        {data.pyramid.length === 0 && data.counts.residents > 0 && <p>{text.book.noPyramid}</p>}
      </header>
      <ul className="figures">
        {categories.map((category) => (
          <li key={category}>
            <Link to={pathOf[category]} search={{ area: code }}>
              <b>{figure(data.counts[countOf[category]])}</b>
              <span>{text.categories[category]}</span>
            </Link>
          </li>
        ))}
      </ul>
      {data.pyramid.length > 0 ? (
        <div className="columns">
          <Panel title={text.book.pyramid}>
            <Pyramid bands={data.pyramid} />
          </Panel>
          <div className="stack">
            <TagCounts book={data} />
            <Gaps book={data} />
          </div>
        </div>
      ) : (
        <div className="columns">
          <TagCounts book={data} />
          <Gaps book={data} />
        </div>
      )}
      {data.children.length > 0 && (
        <Panel title={text.book.children}>
          <ChildAreas areas={data.children} caption={text.book.children} />
        </Panel>
      )}
      {holdsRecords(data) && <Buildings area={code} />}
      <Organisations book={data} />
      {more?.(code)}
    </div>
  );
}

/** How many people and households carry each tag; each figure opens its list, where the post may see who they are. */
function TagCounts({ book }: { book: AreaBook }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const tags = [...new Set(book.tags.map(({ tag }) => tag))];
  return (
    <Panel title={text.book.tags}>
      {tags.length === 0 && <Nothing>{text.book.noTags}</Nothing>}
      <ul className="tag-counts">
        {tags.map((tag) => (
          <li key={tag}>
            <span className={`tag tag-${dictionary.tagColor(tag)}`}>{dictionary.tag(tag)}</span>
            {book.tags
              .filter((one) => one.tag === tag)
              .map(({ category, count }) =>
                isCategory(category) ? (
                  <TagCount key={category} category={category} area={book.area.code} tag={tag}>
                    {text.book.counted[category](figure(count))}
                  </TagCount>
                ) : null,
              )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function TagCount(props: {
  category: keyof typeof pathOf;
  area: string;
  tag: string;
  children: ReactNode;
}): ReactNode {
  const { category, area, tag, children } = props;
  if (!useDictionary().showsTag(tag)) return <span className={category}>{children}</span>;
  return (
    <Link to={pathOf[category]} search={{ area, tag }} className={category}>
      {children}
    </Link>
  );
}

/** The organisations of a village or grid; further up a link to the list of all below. */
function Organisations({ book }: { book: AreaBook }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const below = book.organisations.length === 0 && book.counts.organisations > 0;
  return (
    <Panel title={text.categories.organisation}>
      {below && (
        <Link to={pathOf.organisation} search={{ area: book.area.code }}>
          {text.book.organisationsBelow(figure(book.counts.organisations))}
        </Link>
      )}
      {!below && book.organisations.length === 0 && <Nothing>{text.book.noOrganisations}</Nothing>}
      <ul className="lines two files">
        {book.organisations.map((organisation) => (
          <li key={organisation.id}>
            <FileLink category="organisation" id={organisation.id}>
              <span>{organisation.name}</span>
              <small>{dictionary.value('organisation', 'kind', organisation.kind)}</small>
            </FileLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

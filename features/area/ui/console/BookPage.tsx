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
import type { AreaBook } from '../../contract.ts';
import { Gaps } from './Gaps.tsx';
import { Pyramid } from './Pyramid.tsx';
import './book.css';

const countOf = {
  resident: 'residents',
  household: 'households',
  housing: 'housing',
  premises: 'premises',
  organisation: 'organisations',
} as const;

/** 一村一册: an area's book, from its figures down to what is missing. */
export function BookPage(): ReactNode {
  const text = useText();
  const code = useParams({ strict: false }).code ?? '';
  const { data, error, refetch } = useQuery({
    queryKey: ['book', code],
    queryFn: ({ signal }) => api.get<AreaBook>(`/areas/${code}/book`, undefined, signal),
  });
  usePage(data?.area.name ?? text.nav.book, data?.path ?? null);

  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  if (error && !data) return <PageError error={error} reset={() => void refetch()} />;
  if (!data) return <Loading rows={12} />;
  return (
    <div className="page book">
      <header className="page-head">
        <h1>
          {data.area.name}
          <small>{text.book.title(text.levels[data.area.level])}</small>
        </h1>
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
      <div className="columns">
        <Panel title={text.book.pyramid}>
          {data.pyramid.length > 0 ? (
            <Pyramid bands={data.pyramid} />
          ) : (
            <Nothing>{text.book.noPyramid}</Nothing>
          )}
        </Panel>
        <div className="stack">
          <TagCounts book={data} />
          <Gaps book={data} />
        </div>
      </div>
      {data.children.length > 0 && (
        <Panel title={text.book.children}>
          <ChildAreas areas={data.children} caption={text.book.children} />
        </Panel>
      )}
      <Organisations book={data} />
    </div>
  );
}

/** How many carry each tag; each opens its list. */
function TagCounts({ book }: { book: AreaBook }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  return (
    <Panel title={text.book.tags}>
      {book.tags.length === 0 && <Nothing>{text.book.noTags}</Nothing>}
      <ul className="tag-counts">
        {book.tags.map(({ tag, category, count }) =>
          isCategory(category) ? (
            <li key={`${category}.${tag}`}>
              <Link to={pathOf[category]} search={{ area: book.area.code, tag }}>
                <span className={`tag tag-${dictionary.tagColor(tag)}`}>{dictionary.tag(tag)}</span>
                <b>{figure(count)}</b>
                <small>{text.categories[category]}</small>
              </Link>
            </li>
          ) : null,
        )}
      </ul>
    </Panel>
  );
}

function Organisations({ book }: { book: AreaBook }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  return (
    <Panel title={text.categories.organisation}>
      {book.organisations.length === 0 && <Nothing>{text.book.noOrganisations}</Nothing>}
      <ul className="lines two">
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

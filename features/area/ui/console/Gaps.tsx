import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { figure } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { isCategory, pathOf } from '../../../../console/parts/categories.ts';
import { Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { AreaBook } from '../../contract.ts';

/** What an area's archive lacks: every line opens the list to work off. */
export function Gaps({ book }: { book: AreaBook }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const area = book.area.code;
  const missing = book.gaps.missing.filter(({ count }) => count !== 0);
  const stale = book.gaps.stale.filter(({ count }) => count !== 0);
  return (
    <Panel title={text.gaps.title}>
      <p className="help">
        {(['household', 'resident'] as const)
          .map((category) =>
            text.gaps.completeness(
              text.categories[category],
              figure(book.gaps.completeness[category]),
            ),
          )
          .join(text.file.comma)}
      </p>
      {missing.length + stale.length === 0 && <Nothing>{text.workbench.noGaps}</Nothing>}
      <ul className="lines">
        {missing.map(({ category, item, count }) =>
          isCategory(category) ? (
            <li key={`${category}.${item}`}>
              <Link to={pathOf[category]} search={{ area, missing: item }}>
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
              <Link to={pathOf[category]} search={{ area, stale: true }}>
                <span>{text.gaps.stale(text.categories[category])}</span>
                <b>{figure(count)}</b>
              </Link>
            </li>
          ) : null,
        )}
      </ul>
    </Panel>
  );
}

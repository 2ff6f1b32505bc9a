import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { useText } from '../../../../console/language.tsx';
import type { AreaBook } from '../../contract.ts';

type Band = AreaBook['pyramid'][number];

const rowHeight = 19;
const middle = 64;
/** Half of the drawing's width: on a phone less, so that the labels keep their size. */
const halves = { wide: 210, narrow: 130 };
const phone = matchMedia('(max-width: 47rem)');

function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener);
      return () => phone.removeEventListener('change', listener);
    },
    () => phone.matches,
  );
}

/** Residents by age and sex, oldest on top: a drawing, or the same figures as a table. */
export function Pyramid({ bands }: { bands: Band[] }): ReactNode {
  const { book } = useText();
  const [asTable, setAsTable] = useState(false);
  const ages = (band: Band): string =>
    band.to === null ? `${band.from}+` : `${band.from}–${band.to}`;
  const males = bands.reduce((sum, band) => sum + band.male, 0);
  const females = bands.reduce((sum, band) => sum + band.female, 0);
  return (
    <div className="pyramid">
      <p className="pyramid-legend">
        <span className="male">{book.males(males)}</span>
        <span className="female">{book.females(females)}</span>
        <button
          type="button"
          className="link"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? book.asDrawing : book.asTable}
        </button>
      </p>
      {asTable ? (
        <Figures bands={bands} ages={ages} />
      ) : (
        <Drawing bands={bands} ages={ages} label={book.pyramidLabel(males, females)} />
      )}
    </div>
  );
}

function Drawing(props: { bands: Band[]; ages: (band: Band) => string; label: string }): ReactNode {
  const half = useNarrow() ? halves.narrow : halves.wide;
  const rows = [...props.bands].reverse();
  const most = Math.max(1, ...rows.flatMap((band) => [band.male, band.female]));
  const room = half - 40;
  return (
    <svg
      viewBox={`0 0 ${2 * half + middle} ${rows.length * rowHeight}`}
      role="img"
      aria-label={props.label}
    >
      {rows.map((band, at) => {
        const y = at * rowHeight;
        const male = (band.male / most) * room;
        const female = (band.female / most) * room;
        const text = y + rowHeight / 2;
        return (
          <g key={band.from}>
            <rect x={half - male} y={y + 2} width={male} height={rowHeight - 4} className="male" />
            <rect
              x={half + middle}
              y={y + 2}
              width={female}
              height={rowHeight - 4}
              className="female"
            />
            <text
              x={half + middle / 2}
              y={text}
              textAnchor="middle"
              dominantBaseline="central"
              className="age"
            >
              {props.ages(band)}
            </text>
            {band.male > 0 && (
              <text x={half - male - 5} y={text} textAnchor="end" dominantBaseline="central">
                {band.male}
              </text>
            )}
            {band.female > 0 && (
              <text x={half + middle + female + 5} y={text} dominantBaseline="central">
                {band.female}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function Figures(props: { bands: Band[]; ages: (band: Band) => string }): ReactNode {
  const { book } = useText();
  return (
    <table className="plain-table">
      <caption className="unseen">{book.pyramid}</caption>
      <thead>
        <tr>
          <th scope="col">{book.age}</th>
          <th scope="col">{book.male}</th>
          <th scope="col">{book.female}</th>
        </tr>
      </thead>
      <tbody>
        {props.bands.map((band) => (
          <tr key={band.from}>
            <th scope="row">{props.ages(band)}</th>
            <td>{band.male}</td>
            <td>{band.female}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

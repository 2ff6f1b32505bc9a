import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { Draft, Preview } from '../../../contract.ts';

/** The first rows before and after cleaning, what is not taken marked. */
export function PreviewStep(props: {
  data: Preview | undefined;
  error: unknown;
  retry: () => void;
  draft: Draft;
}): ReactNode {
  const { profile: text } = useText().gather;
  const { data, error, retry, draft } = props;
  return (
    <Panel title={text.preview}>
      {Boolean(error) && <Failed error={error} retry={retry} />}
      {!data && !error && (
        <>
          <p className="help">{text.loading}</p>
          <Loading />
        </>
      )}
      {data && data.rows.length === 0 && data.faults.length === 0 && (
        <Nothing>{text.previewNone}</Nothing>
      )}
      {data && data.rows.length > 0 && (
        <>
          <p className="help">{text.previewHelp}</p>
          <Rows rows={data.rows} draft={draft} />
        </>
      )}
    </Panel>
  );
}

function Rows({ rows, draft }: { rows: Preview['rows']; draft: Draft }): ReactNode {
  const { profile: text } = useText().gather;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="preview" aria-label={text.previewTable} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.row}</th>
            {draft.columns.map(({ column }) => (
              <th key={column} scope="col">
                {column || text.empty}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.n} className={row.aside ? 'aside' : undefined}>
              <th scope="row">
                {row.n}
                {row.aside && (
                  <span className="field-error">
                    {text.aside}：{row.aside}
                  </span>
                )}
              </th>
              {row.cells.map((cell) => (
                <Cell key={cell.column} cell={cell} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ cell }: { cell: Preview['rows'][number]['cells'][number] }): ReactNode {
  const { before, after, fault } = cell;
  const made = after.join(' / ');
  return (
    <td className={fault ? 'faulty' : undefined}>
      {made && <span className="after">{made}</span>}
      {before !== made && <span className="before">{before}</span>}
      {fault && <span className="field-error">{fault}</span>}
    </td>
  );
}

import type { ReactNode } from 'react';

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Figures stand at the right. */
  numeric?: boolean;
  /** The column that names the row: the heading of its card on a phone. */
  heading?: boolean;
  /**
   * How it stands in a card: `bare` and `brief` flow beside each other, without and with the title;
   * `line` takes a line without the title, `corner` the upper right. Left out: a line with the title.
   */
  card?: 'bare' | 'brief' | 'line' | 'corner';
}

/** A plain table; on a narrow screen each row becomes a card. Roles are spelt out, for `display: block` takes them from the cards. */
export function DataTable<Row>(props: {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** On a narrow screen a line each instead of a card: for rows of few figures. */
  dense?: boolean;
}): ReactNode {
  return (
    <table className={props.dense ? 'data dense' : 'data'} role="table">
      <caption className="unseen">{props.caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {props.columns.map((column) => (
            <th
              key={column.key}
              role="columnheader"
              scope="col"
              className={column.numeric ? 'numeric' : undefined}
            >
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {props.rows.map((row) => (
          <tr key={props.rowKey(row)} role="row">
            {props.columns.map((column) => (
              <td
                key={column.key}
                role="cell"
                data-label={column.title}
                className={classOf(column)}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function classOf<Row>(column: Column<Row>): string {
  return [column.numeric && 'numeric', column.heading && 'heading', column.card]
    .filter(Boolean)
    .join(' ');
}

import type { ReactNode } from "react";

/** One column: what stands above it, and what a row shows in it. */
export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => ReactNode;
  /** To the right, figures under each other. */
  readonly end?: boolean;
}

/** A list with columns; on a phone each row is a card whose cells name their column. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  hrefOf,
}: {
  /** What the list is, for who hears it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Where a row leads; its first cell becomes the link. Put `className="above"` on what can be pressed in a row. */
  readonly hrefOf?: (row: Row) => string;
}) {
  return (
    <div className="table-scroll">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" className={column.end === true ? "end" : undefined}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={hrefOf === undefined ? undefined : "opens"}>
              {columns.map((column, index) => (
                <td key={column.label} data-label={column.label} className={column.end === true ? "end" : undefined}>
                  {index === 0 && hrefOf !== undefined ? (
                    <a className="opener" href={hrefOf(row)}>
                      {column.cell(row)}
                    </a>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

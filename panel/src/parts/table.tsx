import type { ComponentChildren } from "preact";

export interface Column<T> {
  title: string;
  /** What stands in the cell. */
  cell: (row: T) => ComponentChildren;
  right?: boolean;
  /** Left out where there is no room. */
  wideOnly?: boolean;
}

export function Table<T>(props: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
}) {
  const cell = (column: Column<T>) => `${column.right ? "right num" : ""}${column.wideOnly ? " wide-only" : ""}`.trim();
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={props.label}>
      <table class="table">
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.title} scope="col" class={cell(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)}>
              {props.columns.map((column) => (
                <td key={column.title} class={cell(column)} data-title={column.title}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

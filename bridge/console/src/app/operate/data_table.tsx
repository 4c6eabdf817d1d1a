/** Table of a page of rows; on a phone each row is a card. @module */

import type { ComponentChildren } from "../../deps.ts";
import { addStyle } from "../../ui/style.ts";
import css from "./data_table.css" with { type: "text" };

addStyle(css);

export interface DataColumn<Row> {
  readonly title: string;
  /** Aligned to the end, with figures of equal width. @default false */
  readonly isNumber?: boolean;
  /** Left out where the window is narrower than wide. @default false */
  readonly isMinor?: boolean;
  render(row: Row): ComponentChildren;
}

/** Rows with one heading cell each. All rows are in the document, so pages pass a limited number. */
export function DataTable<Row>(
  { name, columns, rows, keyOf, actions }: {
    /** Label of the table. */
    name: string;
    columns: readonly DataColumn<Row>[];
    rows: readonly Row[];
    keyOf(row: Row): string;
    /** Last cell of each row. */
    actions?: (row: Row) => ComponentChildren;
  },
) {
  const classOf = ({ isNumber, isMinor }: DataColumn<Row>) =>
    [isNumber ? "number" : "", isMinor ? "minor" : ""].join(" ").trim() ||
    undefined;
  return (
    <div class="data-table" role="region" aria-label={name} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{name}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
            {actions !== undefined && <td />}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, index) =>
                index === 0
                  ? (
                    <th key={column.title} scope="row" class={classOf(column)}>
                      {column.render(row)}
                    </th>
                  )
                  : (
                    <td
                      key={column.title}
                      data-name={column.title}
                      class={classOf(column)}
                    >
                      {column.render(row)}
                    </td>
                  )
              )}
              {actions !== undefined && (
                <td class="data-actions">{actions(row)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { type Html, html } from '../html-template.ts';

export type Cell = Html | string;

export interface DataColumn {
  readonly title: string;
  /** `number` is set right-aligned; `name` may break anywhere; `wide` keeps room for prose. */
  readonly as?: 'number' | 'name' | 'wide';
}

export interface DataTable {
  /** Says what the rows are; also the name of the scrolling region for assistive technology. */
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Cell[])[];
}

const CLASSES = { number: 'n', name: 'name', wide: 'wide' } as const;

export function dataTable(table: DataTable): Html {
  const heads = table.columns.map((column) => html`<th scope="col"${classOf(column)}>${column.title}</th>`);
  const rows = table.rows.map((cells) => html`<tr>${cells.map((cell, i) => dataCell(cell, i, table.columns[i]))}</tr>\n`);
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${table.caption}"><table><caption>${table.caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

function dataCell(cell: Cell, index: number, column: DataColumn | undefined): Html {
  return index === 0 ? html`<th scope="row"${classOf(column)}>${cell}</th>` : html`<td${classOf(column)}>${cell}</td>`;
}

function classOf(column: DataColumn | undefined): Html {
  return column?.as === undefined ? html`` : html` class="${CLASSES[column.as]}"`;
}

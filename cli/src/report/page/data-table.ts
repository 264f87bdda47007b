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

/** An ordinary name is not broken to make room for other columns. */
const UNBROKEN_NAME = 32;

const CLASSES = { number: 'n', name: 'name', wide: 'wide' } as const;

export function dataTable(table: DataTable): Html {
  const heads = table.columns.map((column) => html`<th scope="col"${column.as === 'number' && html` class="n"`}>${column.title}</th>`);
  const rows = table.rows.map((cells) => html`<tr>${cells.map((cell, i) => dataCell(cell, i, table.columns[i]))}</tr>\n`);
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${table.caption}"><table><caption>${table.caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

function dataCell(cell: Cell, index: number, column: DataColumn | undefined): Html {
  const look = classOf(column, cell);
  return index === 0 ? html`<th scope="row"${look}>${cell}</th>` : html`<td${look}>${cell}</td>`;
}

function classOf(column: DataColumn | undefined, cell: Cell): Html {
  if (column?.as === undefined) return html``;
  const whole = column.as === 'name' && typeof cell === 'string' && cell.length <= UNBROKEN_NAME;
  return html` class="${whole ? 'whole' : CLASSES[column.as]}"`;
}

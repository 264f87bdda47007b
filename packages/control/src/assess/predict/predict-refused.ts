/**
 * Tells every row that the migration would put into the quarantine, and no other. Columns whose profile leaves a doubt
 * are read once more, alone; only a row that shows something odd is then read exactly.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { type ReadValue, valueFits } from '../../plan/value-fit.ts';
import { exactRowCells } from '../../source/exact-cells.ts';
import { type ExactRow, iterateExact, readExactWhere } from '../../source/read-exact.ts';
import type { TextDecoding } from '../../source/text-decoding.ts';
import { mayBeTooLarge, MOST_ROW_BYTES, rowBytes } from './row-size.ts';
import { type Refusal, rowVerdict } from './row-verdict.ts';

export interface PredictedRow extends Refusal {
  /** As the quarantine will hold it. */
  readonly key: readonly ExactCell[];
}

export interface PredictInput {
  readonly db: SourceDatabase;
  readonly contract: TableContract;
  readonly decode: TextDecoding;
  /** Columns that may hold something that the contract does not take. */
  readonly doubtful: readonly number[];
}

/** As the loader would name it; it knows no column. */
const TOO_LARGE: Refusal = { column: '', code: 'SQLSTATE_54000', reason: 'the row is too large for a page of PostgreSQL' };

export function* predictRefused(input: PredictInput): Generator<PredictedRow> {
  const sized = mayBeTooLarge(input.contract);
  if (!sized && input.doubtful.length === 0) return;
  if (!sized && input.contract.order.kind === 'rowid' && input.contract.order.alias !== null) yield* byRowid(input, input.contract.order.alias);
  else yield* everyRow(input, sized);
}

function* byRowid(input: PredictInput, alias: string): Generator<PredictedRow> {
  const { db, contract, doubtful } = input;
  const columns = doubtful.map((i) => contract.columns[i] as TableContract['columns'][number]);
  const list = [alias, ...columns.map((c) => c.source)].map(quoteIdentifier).join(', ');
  const suspects: bigint[] = [];
  const rows = db.prepare(`SELECT ${list} FROM ${quoteIdentifier(contract.source)}`).raw().safeIntegers().iterate() as IterableIterator<ReadValue[]>;
  for (const row of rows) {
    const odd = columns.some((column, i) => {
      const value = row[i + 1] as ReadValue;
      if (value === null) return column.notNull;
      return !input.decode.storesUtf8 || (typeof value === 'string' && value.includes('\uFFFD')) || !valueFits(value, column.type, column.form);
    });
    if (odd) suspects.push(row[0] as bigint);
  }
  for (const rowid of suspects) {
    const [exact] = readExactWhere(db, contract, { sql: ` WHERE ${quoteIdentifier(alias)} = ?`, values: [rowid] });
    if (exact !== undefined) yield* judged(input, exact, false);
  }
}

/** A table without a rowid to go back by, or one whose rows may be too large: read exactly from the first to the last. */
function* everyRow(input: PredictInput, sized: boolean): Generator<PredictedRow> {
  for (const row of iterateExact(input.db, input.contract)) yield* judged(input, row, sized);
}

function* judged({ contract, decode }: PredictInput, row: ExactRow, sized: boolean): Generator<PredictedRow> {
  const refusal = rowVerdict(contract, row, decode) ?? (sized ? tooLarge(contract, row) : null);
  if (refusal !== null) yield { ...refusal, key: exactRowCells(contract, row, decode).key };
}

function tooLarge(contract: TableContract, row: ExactRow): Refusal | null {
  return rowBytes(contract, row.cells.map((cell) => cell.value)) > MOST_ROW_BYTES ? TOO_LARGE : null;
}

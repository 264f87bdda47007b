/** Reads the states of single rows by key, and of pages of rows in the order of their table, by the validator's own readers. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { RowDigest } from '@causeway/contracts/row-digest';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { Statement } from 'better-sqlite3';
import { WHOLE_TABLE } from '../../align/slice.ts';
import { CANONICAL } from '../../measure/source/cell-reader.ts';
import type { TextDecoding } from '../../measure/source/exact-text.ts';
import { type RawRow, RowReading } from '../../measure/source/row-reading.ts';
import { selectRows } from '../../measure/source/source-statement.ts';
import { keyName, type SourceRowState } from '../row-state.ts';
import { boundValue, placeholder, rawValue } from './key-binding.ts';
import { spelledOneWay } from './key-spellings.ts';
import type { AskedRow } from './live-messages.ts';
import { exactCell } from './log-reading.ts';

const MOST_STATEMENTS = 100;

export class RowStates {
  private readonly db: SourceDatabase;
  private readonly contract: TableContract;
  private readonly decode: TextDecoding;
  private readonly reading: RowReading;
  /** Reads keys that no row may have any more: a table of the key's columns alone. */
  private readonly keys: RowReading;
  private readonly keyTable: TableContract;
  private readonly element = new RowDigest();
  private readonly statements = new Map<string, Statement>();

  constructor(db: SourceDatabase, contract: TableContract, decode: TextDecoding) {
    this.db = db;
    this.contract = contract;
    this.decode = decode;
    this.reading = new RowReading(contract, 'exact', decode);
    const columns = contract.key.map((name) => contract.columns.find((c) => c.source === name) as TableContract['columns'][number]);
    this.keyTable = { ...contract, columns };
    this.keys = new RowReading(this.keyTable, 'exact', decode);
  }

  byKey(keys: readonly (readonly ExactCell[])[], elements: boolean): SourceRowState[] {
    const out: SourceRowState[] = [];
    for (const key of keys) {
      const statement = this.byConditions(this.conditions(key));
      const name = keyName(key);
      let found: SourceRowState | undefined;
      // A collation or an affinity may meet other keys than this one.
      for (const cells of statement.all(...key.filter((cell) => cell.class !== 'null').map(boundValue)) as RawRow[]) {
        const state = this.state(cells, elements);
        if (keyName(state.key) === name) found = state;
      }
      out.push(found ?? { key, match: this.matchOf(key), digest: null, elements: null });
    }
    return out;
  }

  asked(wanted: readonly AskedRow[], elements: boolean, thorough: boolean): SourceRowState[][] {
    const unfound = new Map<bigint, number>();
    const out = wanted.map((row, n) => {
      if ('cells' in row) return this.byKey([row.cells], elements).filter((state) => state.digest !== null);
      const found = this.bySpellings(row.match, row.spellings, elements);
      if (found.length === 0 && (row.spellings.every((list) => list === null) || (thorough && !spelledOneWay(this.contract)))) unfound.set(row.match, n);
      return found;
    });
    if (unfound.size > 0) this.byReadingKeys(unfound, (n, key) => out[n]?.push(...this.byKey([key], elements)));
    return out;
  }

  private bySpellings(match: bigint, spellings: readonly (readonly ExactCell[] | null)[], elements: boolean): SourceRowState[] {
    const known = this.contract.key.flatMap((name, i) => (spellings[i] === null ? [] : [{ name: quoteIdentifier(name), cells: spellings[i] as readonly ExactCell[] }]));
    if (known.length === 0) return [];
    const where = known.map(({ name, cells }) => (cells[0]?.class === 'null' ? `${name} IS NULL` : `${name} IN (${cells.map(placeholder).join(', ')})`)).join(' AND ');
    const values = known.flatMap(({ cells }) => cells.filter((cell) => cell.class !== 'null').map(boundValue));
    const rows = this.db.prepare(`${selectRows(this.contract, 'exact', WHOLE_TABLE)} WHERE ${where}`).raw().safeIntegers().all(...values) as RawRow[];
    return rows.map((cells) => this.state(cells, elements)).filter((state) => state.match === match);
  }

  private byReadingKeys(wanted: ReadonlyMap<bigint, number>, found: (n: number, key: readonly ExactCell[]) => void): void {
    const { keys } = this;
    const hits: [number, readonly ExactCell[]][] = [];
    for (const cells of this.db.prepare(selectRows(this.keyTable, 'exact', WHOLE_TABLE)).raw().safeIntegers().iterate() as IterableIterator<RawRow>) {
      keys.decodeText(cells);
      const n = keys.readKey(cells) === CANONICAL ? wanted.get(BigInt.asIntN(64, keys.key.value)) : undefined;
      if (n !== undefined) hits.push([n, keys.keyCells(cells)]);
    }
    for (const [n, key] of hits) found(n, key);
  }

  page(after: readonly ExactCell[] | null, limit: number): { rows: SourceRowState[]; next: readonly ExactCell[] | null } {
    const { order } = this.contract;
    const columns = order.kind === 'primary' ? order.columns : [order.alias ?? 'rowid'];
    const names = columns.map(quoteIdentifier).join(', ');
    const shown = columns.map((name) => `CASE typeof(${quoteIdentifier(name)}) WHEN 'text' THEN CAST(${quoteIdentifier(name)} AS BLOB) ELSE ${quoteIdentifier(name)} END, typeof(${quoteIdentifier(name)})`);
    const where = after === null ? '' : ` WHERE (${names}) > (${after.map(placeholder).join(', ')})`;
    const select = selectRows(this.contract, 'exact', WHOLE_TABLE).replace(/^SELECT /, `SELECT ${shown.join(', ')}, `);
    const statement = this.db.prepare(`${select}${where} ORDER BY ${names} LIMIT ${limit}`).raw().safeIntegers();
    const rows: SourceRowState[] = [];
    let next: readonly ExactCell[] | null = null;
    for (const cells of statement.iterate(...(after ?? []).map(boundValue)) as IterableIterator<RawRow>) {
      const place = cells.splice(0, 2 * columns.length);
      next = columns.map((name, i) => exactCell(name, place[2 * i], place[2 * i + 1] as ExactCell['class'], this.decode));
      rows.push(this.state(cells, false));
    }
    return { rows, next: rows.length < limit ? null : next };
  }

  /** Keys of one shape share a statement: preparing one costs more than reading a row. */
  private byConditions(conditions: string): Statement {
    let statement = this.statements.get(conditions);
    if (statement === undefined) {
      if (this.statements.size >= MOST_STATEMENTS) this.statements.clear();
      statement = this.db.prepare(`${selectRows(this.contract, 'exact', WHOLE_TABLE)} WHERE ${conditions}`).raw().safeIntegers();
      this.statements.set(conditions, statement);
    }
    return statement;
  }

  private conditions(key: readonly ExactCell[]): string {
    return this.contract.key.map((name, i) => `${quoteIdentifier(name)} ${key[i]?.class === 'null' ? 'IS NULL' : `= ${placeholder(key[i] as ExactCell)}`}`).join(' AND ');
  }

  private state(cells: RawRow, elements: boolean): SourceRowState {
    const { reading } = this;
    reading.decodeText(cells);
    const key = reading.keyCells(cells);
    const match = reading.readKey(cells) === CANONICAL ? BigInt.asIntN(64, reading.key.value) : null;
    const verdict = reading.read(cells);
    const failed = reading.failed;
    if (verdict === CANONICAL) reading.row.finish();
    const digest = verdict === CANONICAL ? BigInt.asIntN(64, reading.row.value) : { uncanonical: failed };
    return { key, match, digest, elements: elements && verdict === CANONICAL ? this.elements(cells) : null };
  }

  private elements(cells: RawRow): bigint[] {
    return this.contract.columns.map((_, i) => {
      this.element.reset();
      this.reading.cell(i, cells[this.reading.lead + i] as RawRow[number], this.element);
      return BigInt.asIntN(64, this.element.value);
    });
  }

  private matchOf(key: readonly ExactCell[]): bigint | null {
    const cells = key.map((cell) => rawValue(cell));
    return this.keys.readKey(cells) === CANONICAL ? BigInt.asIntN(64, this.keys.key.value) : null;
  }
}


/** What the stream keeps per table: transcoders of rows and keys, and the names under which its rows are found. */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import { keyContract } from '@causeway/contracts/live/change-schema';
import type { LogicalKind } from '@causeway/contracts/logical-type';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import { TableLoader } from '../apply/table-loader.ts';
import { CopyWriter } from '../transcode/copy-writer.ts';
import { generateTranscoder, outputRoom, type RowTranscoder } from '../transcode/row-transcoder.ts';
import { ELEMENT_TYPES, type ElementType } from './binary-arrays.ts';

/** Keys as COPY tuples, one after another. */
export interface KeyTuples {
  readonly tuples: Buffer;
  readonly starts: readonly number[];
  /** Where the keys end in the message that they were read from. */
  readonly end: number;
}

export interface KeyColumn {
  readonly target: string;
  readonly type: ElementType;
  readonly kind: LogicalKind;
}

export class StreamTable {
  readonly contract: TableContract;
  readonly rows: TableLoader;
  readonly name: string;
  readonly key: readonly KeyColumn[];
  /** Places of the key's columns in a row's tuple. */
  readonly keyPlaces: readonly number[];
  private readonly keys: TableContract;
  private readonly transcodeKeys: RowTranscoder;
  private readonly writer = new CopyWriter();
  private scratch: Buffer = Buffer.alloc(0);

  constructor(contract: TableContract) {
    this.contract = contract;
    this.rows = new TableLoader(contract);
    this.name = qualifiedName(contract.targetSchema, contract.target);
    this.keys = keyContract(contract);
    this.transcodeKeys = generateTranscoder(this.keys);
    this.key = contract.keyless
      ? [{ target: ROWID_COLUMN, type: ELEMENT_TYPES.int8, kind: 'int8' }]
      : this.keys.columns.map((column) => ({ target: column.target, type: ELEMENT_TYPES[column.type.kind], kind: column.type.kind }));
    this.keyPlaces = contract.keyless ? [0] : contract.key.map((name) => contract.columns.findIndex((c) => c.source === name));
  }

  /** Reads `count` keys of a message into memory of their own. */
  readKeys(message: Buffer, at: number, count: number): KeyTuples {
    const room = outputRoom(this.keys, count, message.length - at);
    if (this.scratch.length < room) this.scratch = Buffer.allocUnsafeSlow(room);
    const starts: number[] = [];
    this.writer.begin(message, at, this.scratch);
    this.transcodeKeys(this.writer, count, starts);
    return { tuples: Buffer.from(this.scratch.subarray(0, this.writer.o)), starts, end: this.writer.p };
  }

  /** All columns that travel, in their order on the wire. */
  columnList(): string {
    return [...(this.contract.keyless ? [ROWID_COLUMN] : []), ...this.contract.columns.map((c) => c.target)].map(quoteIdentifier).join(', ');
  }

  keyList(): string {
    return this.key.map((column) => quoteIdentifier(column.target)).join(', ');
  }

  /** `unnest($1::bigint[], …) AS k (k0, …)`: the changed keys as a relation. */
  keysRelation(): string {
    return `unnest(${this.key.map((column, i) => `$${i + 1}::${column.type.sql}[]`).join(', ')}) AS k (${this.key.map((_, i) => `k${i}`).join(', ')})`;
  }

  /** `t."id" = k.k0 AND …` */
  matches(row: string, key: string): string {
    return this.key.map((column, i) => `${row}.${quoteIdentifier(column.target)} = ${key}.k${i}`).join(' AND ');
  }
}

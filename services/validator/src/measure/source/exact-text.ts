/** TEXT as its stored bytes: decoded where they are well-formed, kept apart where they are not. */
import { NOT_CANONICAL, CANONICAL, type CellVerdict } from './cell-reader.ts';
import type { RowDigest } from '@causeway/contracts/row-digest';
import type { ColumnContract } from '@causeway/contracts/table-contract';

/** A TEXT whose bytes are not valid in the database's encoding. */
export class IllFormedText {
  readonly bytes: Uint8Array;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';

  constructor(bytes: Uint8Array, encoding: IllFormedText['encoding']) {
    this.bytes = bytes;
    this.encoding = encoding;
  }

  get utf8(): boolean {
    return this.encoding === 'utf-8';
  }
}

export type TextDecoding = (bytes: Uint8Array) => string | IllFormedText;

/** `encoding` as PRAGMA encoding prints it. */
export function textDecoding(encoding: string): TextDecoding {
  if (encoding === 'UTF-8') {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return (bytes) => {
      try {
        return decoder.decode(bytes);
      } catch {
        return new IllFormedText(bytes, 'utf-8');
      }
    };
  }
  const name = encoding === 'UTF-16be' ? 'utf-16be' : 'utf-16le';
  const decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return new IllFormedText(bytes, name);
    }
  };
}

/** Only bytea in form `any` holds what is no text. */
export function readIllFormed(text: IllFormedText, column: ColumnContract, row: RowDigest): CellVerdict {
  if (column.type.kind !== 'bytea' || column.form !== 'any' || !text.utf8) return NOT_CANONICAL;
  row.bytes(text.bytes);
  return CANONICAL;
}

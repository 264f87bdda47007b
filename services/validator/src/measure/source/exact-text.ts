/** TEXT as its stored bytes: decoded where they are well-formed, kept apart where they are not. */
import { NOT_CANONICAL, CANONICAL, type CellVerdict } from './cell-reader.ts';
import type { RowDigest } from '@causeway/contracts/row-digest';
import type { ColumnContract } from '@causeway/contracts/table-contract';

/** A TEXT whose bytes are not valid in the database's encoding. */
export class IllFormedText {
  readonly bytes: Uint8Array;
  readonly utf8: boolean;

  constructor(bytes: Uint8Array, utf8: boolean) {
    this.bytes = bytes;
    this.utf8 = utf8;
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
        return new IllFormedText(bytes, true);
      }
    };
  }
  const decoder = new TextDecoder(encoding === 'UTF-16be' ? 'utf-16be' : 'utf-16le', { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return new IllFormedText(bytes, false);
    }
  };
}

/** Only bytea in form `any` holds what is no text. */
export function readIllFormed(text: IllFormedText, column: ColumnContract, row: RowDigest): CellVerdict {
  if (column.type.kind !== 'bytea' || column.form !== 'any' || !text.utf8) return NOT_CANONICAL;
  row.bytes(text.bytes);
  return CANONICAL;
}

/**
 * A value as SQLite holds it: five storage classes. INTEGER arrives as bigint where it may exceed 2^53, so that all
 * 64 bits survive; TEXT as string when its bytes are valid UTF-8, else as bytes with class `text`.
 * Source: https://www.sqlite.org/datatype3.html
 */
export type StorageClass = 'null' | 'integer' | 'real' | 'text' | 'blob';

export const STORAGE_CLASSES: readonly StorageClass[] = ['null', 'integer', 'real', 'text', 'blob'];

/** A cell with its class and its exact bytes: what the quarantine keeps. */
export interface ExactCell {
  readonly name: string;
  readonly class: StorageClass;
  /** integer: decimal ASCII; real: 8 bytes big-endian; text: UTF-8 as stored; blob: as it is; null: empty. */
  readonly bytes: Uint8Array;
}

/** JSON form of a cell in `--quarantine-out`: `{"class","base64"}`. */
export function exactCellJson(cell: ExactCell): { class: StorageClass; base64: string } {
  return { class: cell.class, base64: Buffer.from(cell.bytes).toString('base64') };
}

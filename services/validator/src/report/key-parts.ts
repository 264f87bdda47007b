/** A key as a person reads it: integers and text as they are, reals as their shortest decimal, blobs as hex. */
import { realText } from '@causeway/contracts/real-text';
import type { ExactCell, StorageClass } from '@causeway/contracts/source-value';

export interface KeyPart {
  readonly column: string;
  readonly class: StorageClass;
  readonly text: string;
}

export function keyParts(key: readonly ExactCell[]): KeyPart[] {
  // jsonb, where this is stored, has no U+0000.
  const shown = (text: string): string => text.replaceAll('\0', '\\0');
  return key.map((cell) => ({ column: shown(cell.name), class: cell.class, text: shown(cellText(cell)) }));
}

function cellText(cell: ExactCell): string {
  const bytes = Buffer.from(cell.bytes);
  if (cell.class === 'real') return realText(bytes.readDoubleBE(0));
  return cell.class === 'blob' ? bytes.toString('hex') : bytes.toString('utf8');
}

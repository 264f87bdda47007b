/**
 * Names in PostgreSQL: exactly as in the source, or snake_case where the plan says so. What PostgreSQL cannot hold
 * (63 bytes, system columns, the empty name) is changed in one stable way; collisions are errors before anything moves.
 */
import { createHash } from 'node:crypto';
import { Failure } from '@causeway/contracts/failures';

const SYSTEM_COLUMNS = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid', 'causeway_rowid']);
const NAME_BYTES = 63;

export type NameStyle = 'exact' | 'snake_case';

export function targetName(source: string, style: NameStyle, kind: 'table' | 'column'): string {
  const styled = style === 'snake_case' ? snakeCase(source) : source;
  const safe = styled === '' ? 'unnamed' : kind === 'column' && SYSTEM_COLUMNS.has(styled) ? `${styled}_` : styled;
  return cutToBytes(safe, NAME_BYTES);
}

/** Cuts at a character boundary, as PostgreSQL itself would. */
export function cutToBytes(name: string, limit: number): string {
  if (Buffer.byteLength(name) <= limit) return name;
  let out = '';
  let bytes = 0;
  for (const ch of name) {
    bytes += Buffer.byteLength(ch);
    if (bytes > limit) break;
    out += ch;
  }
  return out;
}

export function snakeCase(name: string): string {
  return name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/_+/g, '_')
    .replaceAll(/^_|_$/g, '')
    .toLowerCase();
}

/**
 * Names for a list of sources. Two that become one only because they were cut get a suffix of their own hash; two that
 * collide for another reason are the owner's to rename. Throws NAME_COLLISION.
 */
export function targetNames(sources: readonly string[], style: NameStyle, kind: 'table' | 'column', where: string): string[] {
  const names = sources.map((source) => targetName(source, style, kind));
  return names.map((name, i) => {
    const twins = names.flatMap((other, j) => (other === name && j !== i ? [j] : []));
    if (twins.length === 0) return name;
    const source = sources[i] as string;
    const wasCut = (of: string): boolean => Buffer.byteLength(of) > NAME_BYTES;
    // One that fits as it is keeps its name; those that were cut to the same make room.
    if (!wasCut(source) && twins.every((j) => wasCut(sources[j] as string))) return name;
    const twin = twins.find((j) => !wasCut(sources[j] as string)) ?? (twins[0] as number);
    if (!wasCut(source)) throw new Failure('NAME_COLLISION', `${where}: ${JSON.stringify(source)} and ${JSON.stringify(sources[twin])} both become ${JSON.stringify(name)}`);
    return `${cutToBytes(name, NAME_BYTES - 9)}_${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
  });
}

/** IP addresses as text, without a mask or a zone, to the bytes that PostgreSQL sends for an inet. */
import { INET_FAMILY } from '@causeway/contracts/canonical-form';
import { CANONICAL, type CellReader, NOT_CANONICAL } from './cell-reader.ts';

export const inetCell: CellReader = (value, row) => {
  const address = typeof value === 'string' ? (ipv4(value) ?? ipv6(value)) : null;
  if (address === null) return NOT_CANONICAL;
  const family = address.length === 4 ? INET_FAMILY[4] : INET_FAMILY[6];
  row.bytes(Uint8Array.from([family, address.length * 8, 0, address.length, ...address]));
  return CANONICAL;
};

function ipv4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return parts.map(Number);
}

function ipv6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [left, right] = halves.map(groups);
  if (left == null || right === null) return null;
  if (right === undefined) return left.length === 16 ? left : null;
  const missing = 16 - left.length - right.length;
  // `::` stands for at least one group.
  return missing < 2 ? null : [...left, ...new Array<number>(missing).fill(0), ...right];
}

/** Bytes of groups separated by single colons; the last may be an IPv4 address. */
function groups(text: string): number[] | null {
  if (text === '') return [];
  const out: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const embedded = i === parts.length - 1 ? ipv4(part) : null;
    if (embedded !== null) out.push(...embedded);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255);
    else return null;
  }
  return out;
}

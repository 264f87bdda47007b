/**
 * An IP address to inet's binary form: family, bits, is_cidr, length, address.
 * Source: network_recv() of PostgreSQL 15 (PGSQL_AF_INET = 2, PGSQL_AF_INET6 = 3).
 */
import { isIPv4 } from 'node:net';

export function writeInet(text: string, dst: Buffer, to: number): number {
  const address = isIPv4(text) ? text.split('.').map(Number) : ipv6Bytes(text);
  const four = address.length === 4;
  dst[to] = four ? 2 : 3;
  dst[to + 1] = four ? 32 : 128;
  dst[to + 2] = 0;
  dst[to + 3] = address.length;
  for (const [i, byte] of address.entries()) dst[to + 4 + i] = byte;
  return to + 4 + address.length;
}

function ipv6Bytes(text: string): number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hex = dotted === null ? text : text.slice(0, dotted.index) + [0, 2].map((i) => ((Number(dotted[i + 1]) << 8) | Number(dotted[i + 2])).toString(16)).join(':');
  const [head = '', tail] = hex.split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((w) => Number.parseInt(w, 16)));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const middle = new Array<number>(8 - left.length - right.length).fill(0);
  return [...left, ...middle, ...right].flatMap((w) => [w >> 8, w & 255]);
}

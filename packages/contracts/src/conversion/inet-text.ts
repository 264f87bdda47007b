/** IP addresses without a network part, as frameworks store them in text. */
import { isIP } from 'node:net';

/** 4, 6, or 0 for what is not an address. Zone ids (fe80::1%eth0) have no form in PostgreSQL. */
export function inetFamily(text: string): 0 | 4 | 6 {
  return text.includes('%') ? 0 : (isIP(text) as 0 | 4 | 6);
}

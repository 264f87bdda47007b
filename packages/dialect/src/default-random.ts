/** Defaults that are random: identifiers, tokens, numbers. PostgreSQL's source of chance without an extension is gen_random_uuid(). */
import { blobValue, INT64, intValue, type Value } from './expression/value.ts';

export const RANDOM = 'gen_random_uuid()';
/** 32 bytes that differ at each call: the fixed bits of a uuid are spread by the hash. */
const BYTES = `sha256(uuid_send(${RANDOM}))`;
const MOST = 32n;

export const RANDOM_NOTE = 'at most 122 random bits, those of gen_random_uuid()';

/** random() and randomblob(n); null for any other function, and for more bytes than there are. */
export function randomValue(name: string, args: readonly Value[]): Value | null {
  // -2^63 is left out, so that abs() needs no case for it.
  if (name === 'random' && args.length === 0) return intValue(`('x' || encode(substr(${BYTES}, 1, 8), 'hex'))::bit(64)::bigint`, { min: INT64.min + 1n, max: INT64.max }, true);
  const length = args[0]?.constant;
  if (name !== 'randomblob' || args.length !== 1 || length?.kind !== 'int' || length.value < 1n || length.value > MOST) return null;
  return blobValue(`substr(${BYTES}, 1, ${length.value})`);
}

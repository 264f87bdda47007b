/**
 * The canonical form: the bytes that stand for a value when source and target are compared. Two cells are equal when
 * their canonical bytes are. docs/validation.md explains it; this file is the specification that readers are written to.
 *
 * A column's logical type decides (never the class or the spelling of one value):
 *
 *   int2 int4 int8   8 bytes, two's complement, big-endian. A REAL that is a whole number within ±2^53 is that integer.
 *   float8           8 bytes, IEEE 754, big-endian; −0.0 and 0.0 differ. An INTEGER counts where a double holds it exactly.
 *   numeric          ASCII: optional `-`, digits, `.` and digits where the value has a fraction; no leading zeros beside
 *                    the one before the point, no trailing zeros after it, no exponent, no sign on zero. So 10.5 is 10.50.
 *                    A REAL is the shortest decimal that reads back as the same double.
 *   boolean          1 byte, 0 or 1
 *   text             its UTF-8 bytes, as they are: no normalisation, no trimming, no folding of case
 *   bytea            its bytes; in form `any` a TEXT counts as its UTF-8 bytes
 *   date             4 bytes, big-endian: days since 2000-01-01
 *   time             8 bytes, big-endian: microseconds since midnight
 *   timestamp[tz]    8 bytes, big-endian: microseconds since 2000-01-01 00:00 UTC
 *   interval         16 bytes, big-endian: microseconds (8), days (4), months (4). An INTEGER of the source is microseconds.
 *   uuid             16 bytes
 *   jsonb            UTF-8 of the document as PostgreSQL prints it: keys sorted by their length in bytes, then by their
 *                    bytes; `, ` and `: ` between; numbers as exact decimals with their scale kept and without exponent,
 *                    no sign on zero; in strings only `"`, `\` and what is below U+0020 escaped
 *   inet             family (2 for IPv4, 3 for IPv6), bits of the mask, 0, number of address bytes, address bytes
 *
 * NULL has no bytes; its element digest is 0. In form `any` a text column takes INTEGER as its decimal digits and REAL as
 * real-text.ts spells it. A value that its column's type does not admit has no canonical form, and its row is never
 * equal to anything. Years run from 1 to 9999, fractions of a second have at most six digits, a zone may follow a
 * date-time and is applied, and a date-time without one is UTC.
 *
 * Digests are made of these bytes by row-digest.ts.
 */

/** Changes when any value gets other canonical bytes or any bytes get another digest: stored digests are then void. */
export const CANONICAL_VERSION = 1;

/** Days from 1970-01-01 to 2000-01-01, where PostgreSQL counts from. */
export const DAYS_1970_TO_2000 = 10_957;

export const SECONDS_1970_TO_2000 = DAYS_1970_TO_2000 * 86_400;

/** Address families as PostgreSQL sends them. */
export const INET_FAMILY = { 4: 2, 6: 3 } as const;

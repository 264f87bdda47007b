/**
 * Canonical bytes of a column of any type: what the proof of a migration takes where it knows the type, else the type's
 * own text, byte by byte. Both sides are PostgreSQL here, so the text of a type decides; numbers keep their scale.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { LogicalKind } from '@causeway/contracts/logical-type';
import { canonicalExpression } from '../measure/target/canonical-expression.ts';

/** pg_type.typname → kind. What is absent is compared by its text. */
const KINDS: Readonly<Record<string, LogicalKind>> = {
  int2: 'int2',
  int4: 'int4',
  int8: 'int8',
  float8: 'float8',
  bool: 'boolean',
  text: 'text',
  varchar: 'text',
  bytea: 'bytea',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
  uuid: 'uuid',
  inet: 'inet',
};

export function columnExpression(name: string, typname: string): string {
  const kind = Object.hasOwn(KINDS, typname) ? KINDS[typname] : undefined;
  if (kind === undefined) return `t.${quoteIdentifier(name)}::text COLLATE "C"`;
  return canonicalExpression({ target: name, type: { kind } as Parameters<typeof canonicalExpression>[0]['type'] });
}

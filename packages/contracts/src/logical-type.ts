/**
 * The types that travel: each is one PostgreSQL type and one Avro type. A column's logical type is decided by the plan,
 * never by the declared type alone.
 */
export type LogicalType =
  | { readonly kind: 'int2' | 'int4' | 'int8' }
  | { readonly kind: 'float8' }
  /** Without precision: PostgreSQL's unconstrained numeric, any scale. */
  | { readonly kind: 'numeric'; readonly precision?: number; readonly scale?: number }
  | { readonly kind: 'boolean' }
  /** With maxLength: varchar(n), in characters as PostgreSQL counts them (code points). */
  | { readonly kind: 'text'; readonly maxLength?: number }
  | { readonly kind: 'bytea' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'timestamptz' }
  | { readonly kind: 'interval' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'jsonb' }
  | { readonly kind: 'inet' };

export type LogicalKind = LogicalType['kind'];

const PLAIN: Record<string, string> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float8: 'double precision',
  boolean: 'boolean',
  bytea: 'bytea',
  date: 'date',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  interval: 'interval',
  uuid: 'uuid',
  jsonb: 'jsonb',
  inet: 'inet',
};

/** The type as `format_type()` of PostgreSQL prints it, so that DDL and catalogue compare by string. */
export function postgresTypeName(type: LogicalType): string {
  if (type.kind === 'numeric') {
    return type.precision === undefined ? 'numeric' : `numeric(${type.precision},${type.scale ?? 0})`;
  }
  if (type.kind === 'text') return type.maxLength === undefined ? 'text' : `character varying(${type.maxLength})`;
  return PLAIN[type.kind] as string;
}

/**
 * Reads a type as PostgreSQL prints it; null where causeway has no transcoder for it.
 * `character(n)` is refused: it pads and ignores trailing blanks, so it cannot hold every text.
 */
export function parsePostgresType(text: string): LogicalType | null {
  const t = text.trim().toLowerCase();
  const numeric = /^(?:numeric|decimal)(?:\((\d+)(?:,\s*(\d+))?\))?$/.exec(t);
  if (numeric) {
    return numeric[1] === undefined
      ? { kind: 'numeric' }
      : { kind: 'numeric', precision: Number(numeric[1]), scale: Number(numeric[2] ?? 0) };
  }
  const varchar = /^(?:varchar|character varying)(?:\((\d+)\))?$/.exec(t);
  if (varchar) return varchar[1] === undefined ? { kind: 'text' } : { kind: 'text', maxLength: Number(varchar[1]) };
  const kind = ALIASES[t] ?? Object.keys(PLAIN).find((k) => PLAIN[k] === t || k === t);
  return kind === undefined ? null : ({ kind } as LogicalType);
}

const ALIASES: Record<string, LogicalKind> = {
  text: 'text',
  int: 'int4',
  bool: 'boolean',
  time: 'time',
  timestamp: 'timestamp',
  'double precision': 'float8',
};

/** Defaults that are the present time: in UTC, cut to seconds, as SQLite gives it. */
import type { ScopeColumn } from './column-scope.ts';
import type { Expr } from './parse/sqlite-grammar.ts';

interface Clock {
  /** What the source's value consists of. */
  readonly form: 'timestamp' | 'date' | 'time' | 'epoch' | 'other';
  /** to_char() pattern of the source's text. */
  readonly pattern: string;
  readonly unit: 'second' | 'milliseconds';
}

const STAMP: Clock = { form: 'timestamp', pattern: 'YYYY-MM-DD HH24:MI:SS', unit: 'second' };
const DAY: Clock = { form: 'date', pattern: 'YYYY-MM-DD', unit: 'second' };
const HOUR: Clock = { form: 'time', pattern: 'HH24:MI:SS', unit: 'second' };
const EPOCH: Clock = { form: 'epoch', pattern: '', unit: 'second' };

/** Null where the expression is not the present time in a form that is known here. */
export function clockOf(expr: Expr): Clock | null {
  switch (expr.type) {
    case 'CurrentTimestampLiteral':
      return STAMP;
    case 'CurrentDateLiteral':
      return DAY;
    case 'CurrentTimeLiteral':
      return HOUR;
    case 'ParenthesizedExpr':
      return expr.exprs.length === 1 ? clockOf(expr.exprs[0] as Expr) : null;
    case 'CastExpr': {
      const inner = clockOf(expr.expr);
      return inner?.form === 'epoch' && /INT/i.test(expr.typeName?.name ?? '') ? inner : null;
    }
    case 'FunctionCallExpr':
      return callClock(expr.name.name.toLowerCase(), expr.args ?? []);
    default:
      return null;
  }
}

function callClock(name: string, args: readonly Expr[]): Clock | null {
  if (name === 'strftime') {
    const format = args[0];
    return format?.type === 'StringLiteral' && isNow(args.slice(1)) ? strftimeClock(format.value) : null;
  }
  if (!isNow(args)) return null;
  const known: Record<string, Clock> = { datetime: STAMP, date: DAY, time: HOUR, unixepoch: EPOCH };
  return Object.hasOwn(known, name) ? (known[name] as Clock) : null;
}

/** No argument means 'now' too; modifiers are not followed. */
function isNow(args: readonly Expr[]): boolean {
  const [only, second] = args;
  if (second !== undefined) return false;
  return only === undefined || (only.type === 'StringLiteral' && only.value.toLowerCase() === 'now') || only.type === 'CurrentTimestampLiteral';
}

const PATTERNS: Record<string, string> = { '%Y': 'YYYY', '%m': 'MM', '%d': 'DD', '%H': 'HH24', '%M': 'MI', '%S': 'SS', '%f': 'SS.MS', '%F': 'YYYY-MM-DD', '%T': 'HH24:MI:SS' };

function strftimeClock(format: string): Clock | null {
  if (format === '%s') return EPOCH;
  const parts = format.match(/%.|[^%]+/g) ?? [];
  let pattern = '';
  for (const part of parts) {
    if (part.startsWith('%') && !Object.hasOwn(PATTERNS, part)) return null;
    // Between double quotes to_char() copies text as it is.
    pattern += PATTERNS[part] ?? (/^[-: .,/]+$/.test(part) ? part : `"${part.replaceAll(/["\\]/g, '\\$&')}"`);
  }
  const day = pattern.includes('YYYY-MM-DD');
  const clock = pattern.includes('HH24:MI:SS');
  const form = day && clock ? 'timestamp' : pattern === DAY.pattern ? 'date' : pattern.startsWith(HOUR.pattern) ? 'time' : 'other';
  return { form, pattern, unit: format.includes('%f') ? 'milliseconds' : 'second' };
}

/** The clock in the column's type; null where its text would not be such a value. */
export function clockIn(clock: Clock, column: Pick<ScopeColumn, 'type' | 'affinity'>): string | null {
  const { form, unit } = clock;
  const utc = `date_trunc('${unit}', statement_timestamp() AT TIME ZONE 'UTC')`;
  switch (column.type) {
    case 'timestamptz':
      if (form === 'date') return `date_trunc('day', statement_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;
      return form === 'timestamp' || form === 'epoch' ? `date_trunc('${unit}', statement_timestamp())` : null;
    case 'timestamp':
      return form === 'date' ? `date_trunc('day', statement_timestamp() AT TIME ZONE 'UTC')` : form === 'timestamp' || form === 'epoch' ? utc : null;
    case 'date':
      return form === 'date' ? `(statement_timestamp() AT TIME ZONE 'UTC')::date` : null;
    case 'time':
      return form === 'time' ? `${utc}::time` : null;
    case 'int8':
    case 'int4':
      return form === 'epoch' ? `floor(extract(epoch FROM statement_timestamp()))::bigint` : null;
    case 'text':
    case 'varchar':
      return form === 'epoch' ? `floor(extract(epoch FROM statement_timestamp()))::bigint::text` : `to_char(${utc}, '${clock.pattern.replaceAll("'", "''")}')`;
    default:
      return null;
  }
}

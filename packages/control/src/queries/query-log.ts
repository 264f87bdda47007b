/**
 * Queries out of an application's own log. One line, or a line and its continuations, is one call:
 * - Django (django.db.backends at DEBUG):  (0.012) SELECT … ; args=(1, 'x'); alias=default
 *   Django prints the statement with its values filled in, or with %s where the backend could not
 * - SQLAlchemy (sqlalchemy.engine, echo):  INFO sqlalchemy.engine.Engine SELECT …
 * - PostgreSQL (log_min_duration_statement): … LOG:  duration: 12.3 ms  statement: SELECT …
 * - the sqlite3 shell (.echo on, .timer on):  SELECT …;  Run Time: real 0.012 user …
 * Calls that differ in their literals only are one query, with the first call's values; the most time comes first.
 */
import type { Query } from './query-set.ts';
import { scanSql, withoutComments } from './scan-sql.ts';

const DJANGO = /\((\d+\.\d+)\)\s+((?:SELECT|WITH|INSERT|UPDATE|DELETE|BEGIN|COMMIT|SAVEPOINT|RELEASE|PRAGMA)\b[\s\S]*?);\s*args=/i;
const SQLALCHEMY = /sqlalchemy\.engine\.\S+\s+((?:SELECT|WITH)\b[\s\S]*)/i;
const POSTGRES = /duration:\s+(\d+(?:\.\d+)?)\s+ms\s+(?:statement|execute\s+\S+):\s+([\s\S]*)/i;
const TIMER = /^Run Time: real (\d+\.\d+)/m;

export function looksLikeLog(text: string): boolean {
  return DJANGO.test(text) || /^.*sqlalchemy\.engine\./m.test(text) || POSTGRES.test(text) || TIMER.test(text);
}

interface Call {
  readonly sql: string;
  readonly seconds: number;
}

export function queriesOfLog(text: string): Query[] {
  const shapes = new Map<string, { sql: string; seconds: number; times: number }>();
  for (const { sql, seconds } of TIMER.test(text) ? timerCalls(text) : entries(text).flatMap(callOf)) {
    const statement = withoutComments(sql).replace(/;\s*$/, '');
    // Values that the log has not filled in are not known; what writes is not asked again.
    if (!/^(select|with|values)\b/i.test(statement) || /%s|(?<!\w)\?(?!\w)/.test(codeWithoutLiterals(statement))) continue;
    const shape = shapeOf(statement);
    const known = shapes.get(shape);
    shapes.set(shape, { sql: known?.sql ?? statement, seconds: (known?.seconds ?? 0) + seconds, times: (known?.times ?? 0) + 1 });
  }
  return [...shapes.values()].toSorted((a, b) => b.seconds - a.seconds).map((call, i) => ({ name: `${i + 1}: ${titleOf(call.sql)}`, sqlite: call.sql, postgres: null, parameters: new Map(), kind: null, fromLog: true, times: call.times }));
}

/** A line that begins like an entry begins one; others continue it. */
function entries(text: string): string[] {
  const out: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/\(\d+\.\d+\)\s+\S|sqlalchemy\.engine\.|duration:\s+\d|^\d{4}-\d{2}-\d{2}[ T]|^(DEBUG|INFO|WARNING|ERROR)\b|^\[/.test(line) || out.length === 0) out.push(line);
    else out[out.length - 1] += `\n${line}`;
  }
  return out;
}

function callOf(entry: string): Call[] {
  const django = DJANGO.exec(entry);
  if (django !== null) return [{ seconds: Number(django[1]), sql: django[2] as string }];
  const postgres = POSTGRES.exec(entry);
  if (postgres !== null) return [{ seconds: Number(postgres[1]) / 1000, sql: postgres[2] as string }];
  const alchemy = SQLALCHEMY.exec(entry);
  return alchemy === null ? [] : [{ seconds: 0, sql: alchemy[1] as string }];
}

function timerCalls(text: string): Call[] {
  const calls: Call[] = [];
  let from = 0;
  for (const match of text.matchAll(/^Run Time: real (\d+\.\d+).*$/gm)) {
    const block = text.slice(from, match.index);
    const sql = /(?:^|\n)(?:sqlite> ?)?((?:select|with|values)\b[\s\S]*?;)/i.exec(block)?.[1];
    if (sql !== undefined) calls.push({ sql, seconds: Number(match[1]) });
    from = match.index + match[0].length;
  }
  return calls;
}

const codeWithoutLiterals = (sql: string): string => scanSql(sql).map((p) => (p.text.startsWith("'") ? "''" : p.text)).join('');

function shapeOf(sql: string): string {
  return codeWithoutLiterals(sql).replaceAll(/\b\d+(?:\.\d+)?\b/g, '0').replaceAll(/\(\s*(?:0|'')(?:\s*,\s*(?:0|''))*\s*\)/g, '(…)').replaceAll(/\s+/g, ' ');
}

const TITLE = 60;

/** The tables that it reads say more than its first words. */
function titleOf(sql: string): string {
  const tables = [...sql.matchAll(/\b(?:from|join)\s+("[^"]+"|`[^`]+`|\w+)/gi)].map((m) => (m[1] as string).replaceAll(/["`]/g, ''));
  return [...new Set(tables)].join(', ').slice(0, TITLE) || sql.slice(0, TITLE);
}

/**
 * Reads a set of queries. Accepted forms, told apart by what is in the file:
 * - SQL: statements separated by `;`, with optional lines before each:
 *     -- name: title                      (default: query 1, query 2 …)
 *     -- param: id = 1..5000              integers, drawn evenly
 *     -- param: key = SELECT …            what this query gives on the source
 *     -- kind: simple                     or complex, for the mix of a load test (default: by SQLite's time)
 *   and `-- postgres:` before a statement that is the second form of the one before it
 * - JSON: [{"name", "sqlite", "postgres"?, "params"?: {"id": "1..5000"}}], or {"queries": [ … ]}
 * - an application's log (see query-log.ts)
 */
import { Failure } from '@causeway/contracts/failures';
import { z } from 'zod';
import { looksLikeLog, queriesOfLog } from './query-log.ts';
import type { ParameterSource, Query } from './query-set.ts';
import { numberedParameters, scanSql, splitStatements, withoutComments } from './scan-sql.ts';

/** Throws USAGE naming the file and what is wrong in it. */
export function readQuerySet(text: string, file: string): Query[] {
  const trimmed = text.trimStart();
  const queries = /^[[{]/.test(trimmed) && !/^\[\d/.test(trimmed) && !looksLikeLog(text) ? queriesOfJson(text, file) : looksLikeLog(text) ? queriesOfLog(text) : queriesOfSql(text, file);
  if (queries.length === 0) throw new Failure('USAGE', `${file} holds no query`);
  return distinctNames(queries.map((query) => checked(query, file)));
}

const jsonQuery = z.strictObject({ name: z.string().optional(), sqlite: z.string(), postgres: z.string().optional(), kind: z.enum(['simple', 'complex']).optional(), params: z.record(z.string(), z.string()).optional() });
const jsonSet = z.union([z.array(jsonQuery), z.strictObject({ queries: z.array(jsonQuery) }).transform((o) => o.queries)]);

function queriesOfJson(text: string, file: string): Query[] {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new Failure('USAGE', `${file}: ${(cause as Error).message}`, { cause });
  }
  const result = jsonSet.safeParse(raw);
  if (!result.success) throw new Failure('USAGE', `${file}: ${result.error.issues[0]?.path.join('.') ?? ''} ${result.error.issues[0]?.message ?? ''}`.trim());
  return result.data.map((q, i) => ({
    name: q.name ?? `query ${i + 1}`,
    sqlite: bare(q.sqlite),
    postgres: q.postgres === undefined ? null : bare(q.postgres),
    parameters: new Map(Object.entries(q.params ?? {}).map(([name, source]) => [name, parameterSource(source, file)])),
    kind: q.kind ?? null,
    fromLog: false,
    times: 1,
  }));
}

const bare = (sql: string): string => sql.trim().replace(/;\s*$/, '');

function queriesOfSql(text: string, file: string): Query[] {
  const queries: Query[] = [];
  for (const statement of splitStatements(text)) {
    const sql = withoutComments(statement);
    if (sql === '') continue;
    const lines = scanSql(statement).filter((p) => p.kind === 'comment').map((p) => /^--\s*(name|param|kind|postgres)\s*:\s*(.*?)\s*$/.exec(p.text)).filter((m) => m !== null);
    const said = (what: string): string[] => lines.filter((m) => m[1] === what).map((m) => m[2] as string);
    const before = queries.at(-1);
    if (said('postgres').length > 0) {
      if (before === undefined || before.postgres !== null) throw new Failure('USAGE', `${file}: a second form (-- postgres:) follows no query`);
      queries[queries.length - 1] = { ...before, postgres: sql };
      continue;
    }
    queries.push({ name: said('name')[0] ?? `query ${queries.length + 1}`, sqlite: sql, postgres: null, parameters: parametersOf(said('param'), file), kind: kindOf(said('kind')[0], file), fromLog: false, times: 1 });
  }
  return queries;
}

function kindOf(said: string | undefined, file: string): Query['kind'] {
  if (said === undefined || said === 'simple' || said === 'complex') return said ?? null;
  throw new Failure('USAGE', `${file}: "-- kind: ${said}" is neither simple nor complex`);
}

function parametersOf(lines: readonly string[], file: string): Map<string, ParameterSource> {
  return new Map(
    lines.map((line) => {
      const match = /^:?([A-Za-z_]\w*)\s*=\s*(.+)$/.exec(line);
      if (match === null) throw new Failure('USAGE', `${file}: "-- param: ${line}" is not of the form name = 1..100 or name = SELECT …`);
      return [match[1] as string, parameterSource(match[2] as string, file)];
    }),
  );
}

function parameterSource(text: string, file: string): ParameterSource {
  const range = /^(-?\d{1,15})\s*\.\.\s*(-?\d{1,15})$/.exec(text);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (from > to) throw new Failure('USAGE', `${file}: the range ${text} is empty`);
    return { kind: 'range', from, to };
  }
  if (/^(select|with|values)\b/i.test(text)) return { kind: 'query', sql: text };
  throw new Failure('USAGE', `${file}: a parameter is a range (1..100) or a SELECT, not ${JSON.stringify(text)}`);
}

function checked(query: Query, file: string): Query {
  for (const sql of [query.sqlite, query.postgres ?? '']) {
    for (const name of numberedParameters(sql).names) {
      if (!query.parameters.has(name)) throw new Failure('USAGE', `${file}: ${JSON.stringify(query.name)} uses :${name}, which no "-- param:" line describes`);
    }
  }
  return query;
}

function distinctNames(queries: readonly Query[]): Query[] {
  const seen = new Map<string, number>();
  return queries.map((query) => {
    const n = (seen.get(query.name) ?? 0) + 1;
    seen.set(query.name, n);
    return n === 1 ? query : { ...query, name: `${query.name} (${n})` };
  });
}

/** Real databases: every table, index, check, default and view is read, and every translation ends in an outcome. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { ColumnScope, ScopeColumn, TargetType } from './column-scope.ts';
import { affinityOfType } from './expression/cast.ts';
import type { Fidelity, Translation } from './fidelity.ts';
import { parseCreateIndex } from './parse/create-index.ts';
import { parseCreateTable } from './parse/create-table.ts';
import { foldAscii } from './parse/fold-ascii.ts';
import { translateDefault } from './translate-default.ts';
import { translateCondition, translateGenerated } from './translate-expression.ts';
import { translateIndex } from './translate-index.ts';
import { translateView, type ViewTable } from './translate-view.ts';

const CORPORA = join(dirname(fileURLToPath(import.meta.url)), '../../../../shared/corpora/dev');
const files = existsSync(CORPORA)
  ? (readdirSync(CORPORA, { recursive: true }) as string[]).filter((f) => /\.(?:db|sqlite3?)$|__History$/.test(f)).sort()
  : [];

/** Roughly what a plan decides, without looking at the data. */
function targetOf(declared: string): TargetType {
  const t = declared.toUpperCase();
  if (/^BOOL/.test(t)) return 'boolean';
  if (/^(?:DATETIME|TIMESTAMP)/.test(t)) return 'timestamptz';
  if (/^DATE/.test(t)) return 'date';
  if (/^JSON/.test(t)) return 'jsonb';
  return ({ integer: 'int8', real: 'float8', numeric: 'numeric', text: 'text', blob: 'bytea' } as const)[affinityOfType(declared)];
}

interface Row {
  readonly [column: string]: unknown;
}

const counts = new Map<string, Record<Fidelity, number>>();
function count(kind: string, translation: Translation): void {
  const entry = counts.get(kind) ?? { exact: 0, approximated: 0, needs_decision: 0 };
  entry[translation.fidelity] += 1;
  counts.set(kind, entry);
  expect(translation.sql === null).toBe(translation.fidelity === 'needs_decision');
  expect(translation.fidelity === 'exact').toBe(translation.notes.length === 0);
}

(files.length === 0 ? describe.skip : describe)('the corpora (skipped where ../shared/corpora is absent)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-corpora-'));
  beforeAll(() => {
    for (const f of files) for (const end of ['', '-wal']) if (existsSync(join(CORPORA, f + end))) cpSync(join(CORPORA, f + end), join(folder, basename(f) + end));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    console.info([...counts].map(([kind, c]) => `${kind}: ${c.exact} exact, ${c.approximated} approximated, ${c.needs_decision} need a decision`).join('\n'));
  });

  test.each(files)('%s', (file) => {
    const db = new Database(join(folder, basename(file)));
    const objects = db.prepare("SELECT type, name, tbl_name AS tbl, sql FROM sqlite_schema WHERE sql IS NOT NULL AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid").all() as { type: string; name: string; tbl: string; sql: string }[];
    const tables = new Map<string, ViewTable>();
    const scopes = new Map<string, ColumnScope>();
    for (const o of objects.filter((x) => x.type === 'table')) {
      const parsed = parseCreateTable(o.sql);
      if ('unparsed' in parsed) throw new Error(`${o.name}: ${parsed.unparsed}\n${o.sql}`);
      const infos = db.pragma(`table_xinfo("${o.name.replaceAll('"', '""')}")`) as Row[];
      const columns = infos.map((c): ScopeColumn => {
        const collation = parsed.columns.get(foldAscii(String(c['name'])))?.collation?.toUpperCase() ?? 'BINARY';
        return { target: String(c['name']), type: targetOf(String(c['type'])), affinity: affinityOfType(String(c['type'])), collation: collation as ScopeColumn['collation'], notNull: c['notnull'] === 1 };
      });
      expect([...parsed.columns.keys()]).toEqual(columns.map((c) => foldAscii(c.target)));
      const scope: ColumnScope = { columns: new Map(columns.map((c) => [foldAscii(c.target), c])) };
      scopes.set(o.name, scope);
      tables.set(foldAscii(o.name), { target: `"public"."${o.name}"`, columns: columns.map((c) => ({ name: c.target, column: c })) });
      for (const check of parsed.checks) count('check', translateCondition(check.expression, scope));
      for (const [name, c] of parsed.columns) if (c.generated !== null) count('generated', translateGenerated(c.generated.expression, scope, scope.columns.get(name) as ScopeColumn));
      for (const [i, c] of infos.entries()) if (c['dflt_value'] !== null) count('default', translateDefault(String(c['dflt_value']), columns[i] as ScopeColumn));
      expect(parsed.foreignKeys).toHaveLength(new Set((db.pragma(`foreign_key_list("${o.name.replaceAll('"', '""')}")`) as Row[]).map((f) => f['id'])).size);
    }
    for (const o of objects.filter((x) => x.type === 'index')) {
      const parsed = parseCreateIndex(o.sql);
      if ('unparsed' in parsed) throw new Error(`${o.name}: ${parsed.unparsed}`);
      const parts = (db.pragma(`index_xinfo("${o.name.replaceAll('"', '""')}")`) as Row[]).filter((p) => p['key'] === 1).map((p) => ({ name: p['name'] as string | null, descending: p['desc'] === 1, collation: String(p['coll']) }));
      expect(parsed.parts).toHaveLength(parts.length);
      count('index', translateIndex({ unique: parsed.unique, sql: o.sql, parts }, scopes.get(o.tbl) as ColumnScope));
    }
    for (const o of objects.filter((x) => x.type === 'view')) {
      const view = translateView(o.sql, tables);
      count('view', view);
      if (process.env['CAUSEWAY_TEST_SHOW']) console.info(o.name, view.fidelity, view.notes, view.sql);
      if (view.columns === null) continue;
      expect(view.columns.map((c) => c.name)).toEqual((db.pragma(`table_info("${o.name.replaceAll('"', '""')}")`) as Row[]).map((c) => c['name']));
      tables.set(foldAscii(o.name), { target: `"public"."${o.name}"`, columns: view.columns, fidelity: view.fidelity });
    }
    db.close();
  });
});

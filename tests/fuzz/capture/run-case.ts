/**
 * One case: the same statements on two files, one of which is captured. Every key whose row differs must be in the log;
 * every answer and every row must be the same in both; and what is left at the end is the application's schema.
 */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CapturedTable, capturedTables } from '@causeway/control/capture/captured-table';
import { installCapture, removeCapture } from '@causeway/control/capture/install-capture';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { logEnd, purgeLog } from '@causeway/control/capture/source-facts';
import { liftFence, raiseFence } from '@causeway/control/capture/source-fence';
import { contractsFromPlan } from '@causeway/control/plan/contracts-from-plan';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { makePlan } from '@causeway/control/plan/make-plan';
import { textDecoding } from '@causeway/control/source/text-decoding';
import { Failure } from '@causeway/contracts/failures';
import { ChangedKeys } from '@causeway/extractor/follow/changed-keys';
import { FollowTable } from '@causeway/extractor/follow/follow-table';
import { Application } from './application.ts';
import type { CaptureCase } from './draw-case.ts';
import { quoted } from './random-words.ts';
import { captureImage, keyCells, loggedKeys, wholeImage } from './row-image.ts';

type Source = ReturnType<typeof openWritableSource>;

export interface CaseResult {
  /** What is wrong, by its kind first; null: nothing. */
  readonly problem: { readonly kind: string; readonly detail: string } | null;
  /** Code by which the schema was refused. */
  readonly refused: string | null;
  readonly statements: number;
  readonly changedKeys: number;
  /** Without the capture it is otherwise, and with triggers that do nothing it is the same. */
  readonly inherent?: boolean;
}

/** What SQLite itself leaves open: the case ends here. */
class Undecided extends Error {}

class Wrong extends Error {
  readonly kind: string;
  constructor(kind: string, detail: unknown) {
    super(typeof detail === 'string' ? detail : JSON.stringify(detail, null, 1));
    this.kind = kind;
  }
}

/** Nothing but its files stays in `folder`. */
export function runCase(drawn: CaptureCase, folder: string): CaseResult {
  const result = runBeside(drawn, folder, false);
  if (result.problem === null || !['another answer', 'other rows'].includes(result.problem.kind)) return result;
  // SQLite visits rows in another order, and checks types earlier, where a table has triggers at all: that is not the capture's doing.
  const again = runBeside(drawn, folder, true);
  return again.problem === null ? { ...again, inherent: true } : result;
}

/** `idle`: the file without the capture has triggers that do nothing. */
function runBeside(drawn: CaptureCase, folder: string, idle: boolean): CaseResult {
  const [plain, captured] = [join(folder, 'plain.sqlite'), join(folder, 'captured.sqlite')];
  for (const file of [plain, captured]) rmSync(file, { force: true });
  let run: CaseRun | undefined;
  const open: { close(): unknown }[] = [];
  try {
    const before = new Application(plain, drawn.options);
    for (const sql of [...drawn.ddl, 'BEGIN', ...drawn.fill, 'COMMIT', 'PRAGMA user_version = 7', 'PRAGMA application_id = 9']) before.run(sql);
    before.close();
    copyFileSync(plain, captured);
    const alone = new Application(plain, drawn.options);
    open.push(alone);
    const source = openWritableSource(captured);
    open.push(source);
    const followed = new Application(captured, drawn.options);
    open.push(followed);
    if (idle) for (const sql of idleTriggers(alone)) alone.run(sql);
    run = new CaseRun(drawn, alone, followed, source);
    run.install();
    run.work();
    return { problem: null, refused: null, ...run.counts };
  } catch (error) {
    const counts = run?.counts ?? { statements: 0, changedKeys: 0 };
    if (error instanceof Undecided) return { problem: null, refused: null, ...counts };
    if (error instanceof Wrong) return { problem: { kind: error.kind, detail: error.message }, refused: null, ...counts };
    if (error instanceof Failure && counts.statements === 0) return { problem: null, refused: error.code, ...counts };
    return { problem: { kind: `thrown: ${(error as Error).message.slice(0, 60)}`, detail: String((error as Error).stack) }, refused: null, ...counts };
  } finally {
    for (const one of open.reverse()) one.close();
  }
}

class CaseRun {
  readonly counts = { statements: 0, changedKeys: 0 };
  private readonly drawn: CaptureCase;
  private readonly alone: Application;
  private readonly followed: Application;
  private readonly source: Source;
  /** A statement was refused half-way: which rows it has reached by then is SQLite's own choice. */
  private refused = false;
  private tables: readonly CapturedTable[] = [];
  private keys: ChangedKeys | undefined;
  private follow: readonly FollowTable[] = [];

  constructor(drawn: CaptureCase, alone: Application, followed: Application, source: Source) {
    this.drawn = drawn;
    this.alone = alone;
    this.followed = followed;
    this.source = source;
  }

  install(): void {
    const schema = discoverSchema(this.source);
    const contracts = contractsFromPlan(makePlan(this.source, schema, { names: 'exact', targetSchema: 'public', full: true }), schema);
    this.tables = capturedTables(schema, contracts);
    installCapture(this.source, 'm', this.tables);
    this.keys = new ChangedKeys(this.source, Math.max(1, ...this.tables.map((table) => table.key.length)));
    this.follow = contracts.map((contract) => new FollowTable(this.source, contract, textDecoding(schema.encoding)));
  }

  work(): void {
    const { drawn, alone, followed, source } = this;
    for (const [n, statements] of drawn.work.entries()) {
      const before = captureImage(followed, this.tables);
      const from = logEnd(source);
      // Two libraries in one process share their locks: nothing of ours happens beside an open transaction.
      for (const sql of [...statements, 'ROLLBACK']) this.both(sql);
      this.sameRows(statements);
      this.everyChange(before, from, statements);
      if (n % 3 === 2) purgeLog(source, logEnd(source));
      if (drawn.fenced && n === 4) this.fence(statements);
    }
    // A temporary table of a captured one's name makes every ALTER TABLE read that one's triggers on it.
    for (const [name] of followed.rows('SELECT name FROM temp.sqlite_schema')) this.both(`DROP TABLE IF EXISTS temp.${quoted(String(name))}`);
    for (const sql of [...drawn.change, 'ROLLBACK']) this.both(sql);
    this.sameRows(drawn.change);
    removeCapture(source);
    for (const [name] of alone.rows("SELECT name FROM sqlite_schema WHERE name LIKE '\\_idle %' ESCAPE '\\'")) alone.run(`DROP TRIGGER ${quoted(String(name))}`);
    const schema = 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid';
    const marks = (app: Application): string => {
      const entries = app.rows(schema).map((row) => row.map(String).join(' '));
      // Triggers that stood aside stand behind the tables now.
      return JSON.stringify([drawn.fenced ? entries.sort() : entries, app.rows('PRAGMA user_version'), app.rows('PRAGMA application_id'), app.rows('PRAGMA integrity_check')].map(String));
    };
    if (marks(alone) !== marks(followed)) throw new Wrong('schema left', { alone: marks(alone), followed: marks(followed) });
    this.sameRows(['removal']);
    for (const sql of [...(drawn.work[0] ?? []), 'ROLLBACK']) this.both(sql);
    this.sameRows(['removal', ...(drawn.work[0] ?? [])]);
  }

  private both(sql: string): void {
    this.counts.statements++;
    const [without, withCapture] = [this.alone.run(sql), this.followed.run(sql)];
    // It leaves counters of its own copying behind.
    if (sql === 'VACUUM') this.sameCounters();
    this.refused ||= undecided(withCapture);
    if ([without, withCapture].some((answer) => isTypeError(answer) || answer.includes('cannot hold BLOB')) || brokenBlob(`${sql} ${this.drawn.ddl.join()}`, without, withCapture)) throw new Undecided();
    if (without !== withCapture && !sameRefusal(without, withCapture)) throw new Wrong('another answer', { sql, without, with: withCapture });
  }

  /** Changes and last id are the connection's: from here on they are the same again. */
  private sameCounters(): void {
    for (const app of [this.alone, this.followed]) for (const sql of ['CREATE TEMP TABLE _once (x)', 'INSERT INTO temp._once VALUES (1)', 'DROP TABLE temp._once']) app.run(sql);
  }

  private sameRows(after: readonly string[]): void {
    const [without, withCapture] = [wholeImage(this.alone), wholeImage(this.followed)];
    if (this.refused && without.join('\n') !== withCapture.join('\n')) throw new Undecided();
    this.refused = false;
    if (without.join('\n') !== withCapture.join('\n')) throw new Wrong('other rows', { after, without, with: withCapture });
  }

  /** Every changed key is in the log, and the extractor finds the row of each as it is now, once. */
  private everyChange(before: ReadonlyMap<string, string>, from: bigint, statements: readonly string[]): void {
    const after = captureImage(this.followed, this.tables);
    const logged = loggedKeys(this.followed, this.tables, from);
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(key) === after.get(key)) continue;
      this.counts.changedKeys++;
      if (!logged.has(key)) throw new Wrong('missed', { key, before: before.get(key), after: after.get(key), statements });
    }
    this.source.exec('BEGIN');
    try {
      for (const { table, first, last } of (this.keys as ChangedKeys).fill(from, logEnd(this.source))) {
        const captured = this.tables.find((one) => one.number === table) as CapturedTable;
        const rows = [...(this.follow.find((one) => one.contract.table === table) as FollowTable).read(first, last)];
        const keys = this.source.prepare(`SELECT ${keyCells(captured.key.map((_, i) => `k${i}`))} FROM temp._causeway_changed WHERE n BETWEEN ? AND ? ORDER BY n`).pluck().all(first, last) as string[];
        // A plan that has seen no NULL in such a key lets it name rows; what comes later under NULL is refused by the target.
        if (keys.some((key) => key.split(' ').includes('N'))) continue;
        const told = rows.map((row) => row.row !== null || row.reject !== null);
        const there = keys.map((key) => after.has(`${table} ${key}`));
        if (JSON.stringify(told) !== JSON.stringify(there)) throw new Wrong('extractor', { table: captured.name, keys, told, there, statements });
      }
    } finally {
      this.source.exec('COMMIT');
    }
  }

  private fence(statements: readonly string[]): void {
    const before = wholeImage(this.followed).join('\n');
    raiseFence(this.source, 1n);
    for (const sql of statements.filter((text) => !/\btemp\b/i.test(text))) this.followed.run(sql);
    this.followed.run('ROLLBACK');
    if (wholeImage(this.followed).join('\n') !== before) throw new Wrong('passed the fence', { statements });
    liftFence(this.source, 1n);
    this.sameCounters();
  }
}

const codeOf = (answer: string): number => (JSON.parse(answer) as { errcode?: number }).errcode ?? 0;
const undecided = (answer: string): boolean => codeOf(answer) % 256 === 19;

function idleTriggers(app: Application): string[] {
  const tables = app.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").map(([name]) => String(name));
  return tables.flatMap((table) => ['BEFORE', 'AFTER'].flatMap((time) => ['INSERT', 'UPDATE', 'DELETE'].map((event) => `CREATE TRIGGER ${quoted(`_idle ${time} ${event} ${table}`)} ${time} ${event} ON ${quoted(table)} BEGIN SELECT 1; END`)));
}

/** Of two errors the one comes first where a blob stands for a document: it may be JSON in SQLite's binary form, so the capture looks into it. */
const brokenBlob = (said: string, one: string, other: string): boolean => one !== other && /x'|zeroblob/.test(said) && [one, other].some((answer) => answer.includes('malformed JSON'));

/** SQLITE_CONSTRAINT_DATATYPE and SQLITE_MISMATCH ask no conflict clause, and come before the others where a trigger looks first. */
const isTypeError = (answer: string): boolean => [3091, 20].includes(codeOf(answer));

/** Of two constraints that a row breaks either may be the one that is told. */
function sameRefusal(one: string, other: string): boolean {
  return undecided(one) && undecided(other);
}

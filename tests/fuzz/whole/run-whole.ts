/**
 * One random schema the whole way: followed while an application writes, cells edited behind its back, switched, written in
 * PostgreSQL, and back. A program that shares no line with the product compares after each.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, CommandResult } from '@causeway/testkit/causeway-command';
import { independentCompare } from '@causeway/testkit/independent-compare';
import { seededRandom, type SeededRandom } from '@causeway/testkit/seeded-random';
import pg from 'pg';
import { Application } from '../capture/application.ts';
import type { CaptureCase } from '../capture/draw-case.ts';
import { quoted } from '../capture/random-words.ts';
import { type MovedTable, writeTarget } from './target-writes.ts';

export interface WholeResult {
  readonly refused: string | null;
  readonly problems: readonly string[];
  /** What was really done. */
  readonly done: { edits: number; found: number; slowestFindMs: number; targetWrites: number; quarantined: number; switched: boolean };
}

const PATIENCE_MS = 60_000;

export async function runWhole(drawn: CaptureCase, bench: Bench): Promise<WholeResult> {
  const run = new WholeRun(drawn, bench);
  try {
    await run.all();
  } catch (error) {
    run.problems.push(`thrown: ${(error as Error).stack ?? String(error)}`);
  } finally {
    await run.close();
  }
  return { refused: run.refused, problems: run.problems, done: run.done };
}

class WholeRun {
  readonly problems: string[] = [];
  readonly done = { edits: 0, found: 0, slowestFindMs: 0, targetWrites: 0, quarantined: 0, switched: false };
  refused: string | null = null;
  private readonly drawn: CaptureCase;
  private readonly bench: Bench;
  private readonly file: string;
  private readonly app: Application;
  private readonly target: pg.Client;
  private readonly random: SeededRandom;
  private migrate: { child: { exitCode: number | null; kill(signal: 'SIGTERM'): boolean }; done: Promise<CommandResult> } | undefined;

  constructor(drawn: CaptureCase, bench: Bench) {
    this.drawn = drawn;
    this.bench = bench;
    this.file = join(bench.folder, 'app.sqlite');
    this.random = seededRandom(drawn.seed + 1);
    this.app = new Application(this.file, drawn.options);
    this.app.rows('PRAGMA journal_mode = wal');
    this.app.rows('PRAGMA busy_timeout = 10000');
    this.target = new pg.Client({ connectionString: bench.database.url });
    this.target.on('error', () => {});
  }

  async all(): Promise<void> {
    await this.target.connect();
    for (const sql of [...this.drawn.ddl, 'BEGIN', ...this.drawn.fill, 'COMMIT']) this.app.run(sql);
    const schema = this.schema();
    if (!(await this.follow(schema))) return;
    for (const statements of this.drawn.work) {
      for (const sql of [...statements, 'ROLLBACK']) this.app.run(sql);
      if (this.random.oneIn(3)) await sleep(this.random.integer(0, 60));
    }
    await this.settled();
    await this.compare('while it follows');
    await this.noAlarm('while it follows');
    await this.editBehind();
    const stays = (await this.switch('cutover')) && (await this.thereAndBack());
    if (!stays) {
      this.migrate?.child.kill('SIGTERM');
      await this.migrate?.done;
    }
    const ended = await this.bench.run(stays ? ['complete', '--json'] : ['detach', this.file, '--json']);
    if (ended.code !== 0) this.problems.push(`${stays ? 'complete' : 'detach'} ended with ${ended.code}: ${ended.stderr.slice(-400)}`);
    const [before, after] = [schema, this.schema()].map((text) => text.split('\n'));
    const changed = [...(before ?? []).filter((line) => !after?.includes(line)).map((line) => `- ${line}`), ...(after ?? []).filter((line) => !before?.includes(line)).map((line) => `+ ${line}`)];
    if (changed.length > 0) this.problems.push(`the schema is not what it was: ${changed.join('; ').slice(0, 600)}`);
    const [check] = this.app.rows('PRAGMA integrity_check');
    if (String(check) !== 'ok') this.problems.push(`integrity_check: ${String(check)}`);
  }

  /** Written in PostgreSQL, and back. True where SQLite cannot hold what was written, and that was told: then PostgreSQL stays. */
  private async thereAndBack(): Promise<boolean> {
    this.done.switched = true;
    this.done.targetWrites = await writeTarget(this.target, this.random, await this.tables());
    const told = await this.switch('rollback');
    if (told === null) return true;
    if (told) {
      await this.compare('after the rollback');
      for (const sql of [...(this.drawn.work[0] ?? []), 'ROLLBACK']) this.app.run(sql);
      await this.settled();
      await this.compare('following again');
    }
    return false;
  }

  /** Without its order: triggers that stood aside stand behind the tables. */
  private schema(): string {
    return this.app.rows('SELECT type, name, tbl_name, sql FROM sqlite_schema').map(String).sort().join('\n');
  }

  /** False where the schema is refused, which must have a code and touch nothing. */
  private async follow(schema: string): Promise<boolean> {
    this.migrate = this.bench.start(['migrate', this.file, '--live', '--yes', '--json', '--name', 'fuzz', '--accept-quarantine']);
    const following = await this.until(async () => (await this.phase()) === 'following' || this.migrate?.child.exitCode !== null, 'following');
    if (following && this.migrate.child.exitCode === null) return true;
    this.migrate.child.kill('SIGTERM');
    const { stderr, outcome } = await this.migrate.done;
    this.refused = outcome.code ?? 'no code';
    if (outcome.code === undefined || outcome.code === 'INTERNAL' || !following) this.problems.push(`migrate --live: ${outcome.code ?? ''} ${outcome.message ?? ''} ${stderr.slice(-600)}`);
    else if (this.schema() !== schema) this.problems.push(`refused by ${outcome.code}, and the source is not as it was`);
    return false;
  }

  private phase(): Promise<string> {
    return this.target.query('SELECT phase FROM causeway.live').then((r) => String(r.rows[0]?.phase), () => 'none');
  }

  private async until(reached: () => Promise<boolean>, what: string): Promise<boolean> {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(50)) if (await reached()) return true;
    this.problems.push(`${what} was not reached`);
    return false;
  }

  private async settled(): Promise<void> {
    await this.until(async () => {
      const [end] = this.app.rows('SELECT max(id) FROM _causeway_log')[0] as [bigint];
      const applied = (await this.target.query('SELECT applied::text FROM causeway.stream_position')).rows[0]?.applied as string;
      return BigInt(applied) >= end && this.migrate?.child.exitCode === null;
    }, 'the end of the log');
  }

  private async tables(): Promise<MovedTable[]> {
    return (await this.target.query('SELECT contract FROM causeway.table_contract ORDER BY contract->>\'target\'')).rows.map((row) => row.contract as MovedTable);
  }

  private async compare(moment: string): Promise<void> {
    const out = join(this.bench.folder, 'quarantine.jsonl');
    await this.bench.run(['quarantine', 'export', '--output', out]);
    const names = Object.fromEntries((await this.tables()).map((t) => [t.source, { to: t.target, columns: Object.fromEntries(t.columns.map((c) => [c.source, c.target])) }]));
    const verdict = await independentCompare({ source: this.file, target: this.bench.database.url, names, ignore: ['_causeway_log', '_causeway_state', '_causeway_suspended'], ...(existsSync(out) ? { quarantine: out } : {}) });
    if (!verdict.available) return;
    for (const table of verdict.tables) {
      this.done.quarantined += table.quarantined ?? 0;
      // Each row that is missing is in the quarantine, and nothing else is.
      const absent = (table.missing ?? 0) + (table.unrepresentable ?? 0);
      if (!table.status.startsWith('EQUAL') || absent !== (table.quarantined ?? 0)) this.problems.push(`${moment}: ${JSON.stringify(table).slice(0, 700)}`);
    }
  }

  private async noAlarm(moment: string): Promise<void> {
    const { rows } = await this.target.query('SELECT table_no, key, kind, columns FROM causeway.divergence');
    if (rows.length > 0) this.problems.push(`false alarm ${moment}: ${JSON.stringify(rows).slice(0, 600)}`);
  }

  /** A cell of each table that has one to edit: named by key and column, repaired, and equal again. */
  private async editBehind(): Promise<void> {
    const edited: { table: number; column: string; at: number }[] = [];
    for (const table of await this.tables()) {
      const columns = table.columns.filter((c) => !table.key.includes(c.source) && ['text', 'int8', 'float8', 'numeric'].includes(c.type.kind));
      if (columns.length === 0) continue;
      const column = this.random.pick(columns);
      const name = `${quoted(table.targetSchema)}.${quoted(table.target)}`;
      const value = column.type.kind === 'text' ? "'edited'" : '4242';
      const changed = await this.behind(`UPDATE ${name} SET ${quoted(column.target)} = ${value} WHERE ctid = (SELECT ctid FROM ${name} WHERE ${quoted(column.target)} IS DISTINCT FROM ${value} LIMIT 1)`);
      if (changed > 0) edited.push({ table: table.table, column: column.source, at: performance.now() });
    }
    this.done.edits += edited.length;
    for (const { table, column, at } of edited) {
      const found = await this.until(async () => (await this.target.query("SELECT 1 FROM causeway.divergence WHERE table_no = $1 AND state = 'open' AND $2 = ANY (columns)", [table, column])).rows.length > 0, `the edit of ${column} in table ${table}`);
      if (!found) continue;
      this.done.found++;
      this.done.slowestFindMs = Math.max(this.done.slowestFindMs, performance.now() - at);
    }
    if (edited.length === 0) return;
    const repaired = await this.bench.run(['repair', '--json']);
    if (repaired.code !== 0) this.problems.push(`repair ended with ${repaired.code}: ${repaired.stderr.slice(-400)} ${repaired.stdout.slice(-400)}`);
    await this.compare('after the repair');
  }

  private async behind(sql: string): Promise<number> {
    try {
      await this.target.query("SET session_replication_role = replica");
      return (await this.target.query(sql)).rowCount ?? 0;
    } catch {
      // A constraint of the application: that row stays.
      return 0;
    } finally {
      await this.target.query('SET session_replication_role = origin');
    }
  }

  /** Null where SQLite cannot hold what PostgreSQL has, by the gate that names it. */
  private async switch(goal: 'cutover' | 'rollback'): Promise<boolean | null> {
    const { code, stderr } = await this.bench.run([goal, '--json', '--ready-within', '30', '--deadline', '30', '--accept-quarantine']);
    if (goal === 'rollback' && /CUTOVER_NOT_READY: back_problems/.test(stderr)) return null;
    // An id near the end of its range is a gate's business.
    if (/CUTOVER_NOT_READY: sequences/.test(stderr)) return false;
    if (code !== 0) this.problems.push(`${goal} ended with ${code}: ${stderr.slice(-900)}`);
    return code === 0;
  }

  async close(): Promise<void> {
    this.migrate?.child.kill('SIGTERM');
    await this.migrate?.done;
    this.app.close();
    await this.target.end();
  }
}

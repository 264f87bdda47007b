/**
 * Assesses a source in one pass over its values: the same profile from which the plan is made, with observers for what
 * the plan does not ask. Then the rows that would be refused are told, and every check has its say. Changes nothing.
 */
import { basename } from 'node:path';
import { parsePostgresType, postgresTypeName } from '@causeway/contracts/logical-type';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { Candidate } from '../plan/column-candidates.ts';
import { contractsFromPlan } from '../plan/contracts-from-plan.ts';
import { discoverSchema } from '../plan/discover-schema.ts';
import { makePlan } from '../plan/make-plan.ts';
import { withPolicyObjects } from '../plan/policy-objects.ts';
import type { PlanDocument, PlanTable } from '../plan/plan-document.ts';
import { profileTable, type TableObserver, type TableProfile } from '../plan/profile-table.ts';
import type { SourceSchema, SourceTable } from '../plan/source-schema.ts';
import { tableCandidates } from '../plan/table-candidates.ts';
import type { NameStyle } from '../plan/target-names.ts';
import { valueFits } from '../plan/value-fit.ts';
import { textDecoding } from '../source/text-decoding.ts';
import { assessableSchema } from './assessable-schema.ts';
import { type AssessedTable, type Assessment, bySeverity, type Finding, type PredictedRefusals, verdictOfFindings } from './assessment.ts';
import type { CheckedTable, CheckInput } from './checks/check-input.ts';
import { finding } from './checks/check-input.ts';
import { STAGES } from './checks/stages.ts';
import { expectedSize } from './expected-size.ts';
import { ColumnFacts } from './facts/column-facts.ts';
import { exactKeyText, rowNaming } from './facts/key-text.ts';
import { observeColumn } from './facts/observe-column.ts';
import { doubtfulColumns } from './predict/doubtful-columns.ts';
import { type PredictedRow, predictRefused } from './predict/predict-refused.ts';

export interface AssessOptions {
  readonly file: string;
  readonly bytes: number;
  readonly names: NameStyle;
  readonly targetSchema: string;
  /** A reviewed plan: what it decides is assessed, and not what would be decided. */
  readonly given?: PlanDocument;
  readonly onRows?: (table: string, rows: number) => void;
  /** Called for every row that the migration would put into the quarantine. */
  readonly onRefused?: (table: string, row: PredictedRow) => void;
}

const EXAMPLES = 3;

export function assessSource(db: SourceDatabase, options: AssessOptions): Assessment {
  return new Assessing(db, options).run();
}

class Assessing {
  private readonly db: SourceDatabase;
  private readonly options: AssessOptions;
  private readonly profiles = new Map<string, TableProfile>();
  private readonly facts = new Map<string, ColumnFacts[]>();
  private readonly seconds: Record<string, number> = {};

  constructor(db: SourceDatabase, options: AssessOptions) {
    this.db = db;
    this.options = options;
  }

  run(): Assessment {
    const { options } = this;
    const { schema, findings } = assessableSchema(discoverSchema(this.db), options.given?.names ?? options.names, new Set(options.given?.tables.filter((t) => t.action === 'skip').map((t) => t.name)));
    const plan = this.timed('read', () => this.planned(schema));
    const tables = this.checkedTables(schema, plan);
    const refused = this.timed('refused', () => tables.flatMap((table) => this.refusedOf(table, schema.encoding === 'UTF-8')));
    const input: CheckInput = { db: this.db, file: options.file, bytes: options.bytes, schema, plan, tables, refused };
    for (const [stage, checks] of Object.entries(STAGES)) findings.push(...this.timed(stage, () => checks.flatMap((check) => [...check(input)])));
    return this.assessment(input, findings);
  }

  private timed<T>(stage: string, work: () => T): T {
    const started = performance.now();
    try {
      return work();
    } finally {
      this.seconds[stage] = (performance.now() - started) / 1000;
    }
  }

  private planned(schema: SourceSchema): PlanDocument {
    const { given, names, targetSchema, onRows } = this.options;
    if (given === undefined) {
      return makePlan(this.db, schema, { names, targetSchema, full: true, observe: (table) => this.observer(table), onProfile: (table, profile) => this.profiles.set(table.name, profile), ...(onRows === undefined ? {} : { onTable: onRows }) });
    }
    for (const table of schema.tables) {
      const planned = given.tables.find((t) => t.name === table.name);
      if (planned?.action !== 'move') continue;
      const profile = profileTable(this.db, table, { full: true, candidates: (column) => givenCandidate(planned, column.name), observer: this.observer(table), onRows: (rows) => onRows?.(table.name, rows) });
      this.profiles.set(table.name, profile);
    }
    return withPolicyObjects(given, schema);
  }

  private observer(table: SourceTable): TableObserver {
    const naming = rowNaming(table);
    const candidates = tableCandidates(table);
    const facts = table.columns.map(() => new ColumnFacts(naming.keyOf));
    this.facts.set(table.name, facts);
    return {
      identity: naming.identity,
      columns: table.columns.map((column, i) => observeColumn(column, candidates(column), facts[i] as ColumnFacts)),
    };
  }

  private checkedTables(schema: SourceSchema, plan: PlanDocument): CheckedTable[] {
    const contracts = contractsFromPlan(plan, schema);
    const parents = new Set(schema.tables.flatMap((t) => t.foreignKeys.map((key) => key.parent.toLowerCase())));
    return schema.tables.flatMap((source) => {
      const profile = this.profiles.get(source.name);
      const planned = plan.tables.find((t) => t.name === source.name);
      if (profile === undefined || planned === undefined) return [];
      // By the plan's columns: it may leave a computed one out.
      const places = planned.columns.map((column) => source.columns.findIndex((c) => c.name === column.name));
      const facts = this.facts.get(source.name) ?? [];
      const aligned = { profile: { ...profile, columns: places.map((i) => profile.columns[i] as TableProfile['columns'][number]) }, facts: places.map((i) => facts[i] as ColumnFacts) };
      return [{ source, plan: planned, contract: contracts.find((c) => c.source === source.name) ?? null, referenced: parents.has(source.name.toLowerCase()), ...aligned }];
    });
  }

  private refusedOf(table: CheckedTable, storesUtf8: boolean): PredictedRefusals[] {
    const { contract } = table;
    if (contract === null) return [];
    const groups = new Map<string, PredictedRefusals & { rows: number; examples: Record<string, string>[] }>();
    const doubtful = doubtfulColumns(contract, table.profile, table.facts, storesUtf8);
    for (const row of predictRefused({ db: this.db, contract, decode: textDecoding(String(this.db.pragma('encoding', { simple: true }))), doubtful })) {
      this.options.onRefused?.(table.source.name, row);
      const id = `${row.column}\0${row.code}`;
      let group = groups.get(id);
      if (group === undefined) groups.set(id, (group = { table: table.source.name, column: row.column, code: row.code, reason: row.reason, rows: 0, examples: [] }));
      group.rows++;
      if (group.examples.length < EXAMPLES) group.examples.push(exactKeyText(row.key));
    }
    return [...groups.values()];
  }

  private assessment(input: CheckInput, findings: Finding[]): Assessment {
    const { schema, refused } = input;
    const rows = input.tables.reduce((sum, t) => sum + t.profile.rowsRead, 0);
    const expected = expectedSize(rows, this.options.bytes);
    findings.push(finding({ check: 'size-estimate', severity: 'info', count: rows, detail: `about ${expected.seconds} s; ${mebibytes(expected.targetBytes)} in PostgreSQL and as much again for its log, ${mebibytes(expected.transportBytes)} on the way` }));
    return {
      schema: 'causeway.assessment/1',
      source: { fileName: basename(this.options.file), bytes: this.options.bytes, pageSize: schema.pageBytes, encoding: schema.encoding, journalMode: schema.journalMode },
      verdict: verdictOfFindings(findings),
      rows,
      tables: input.tables.map((table) => assessedTable(table, refused)),
      findings: findings.toSorted(bySeverity),
      quarantine: refused,
      predictedQuarantine: refused.reduce((sum, r) => sum + r.rows, 0),
      expected,
      seconds: this.seconds,
    };
  }
}

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

function givenCandidate(planned: PlanTable, name: string): Candidate[] {
  const column = planned.columns.find((c) => c.name === name);
  const type = column === undefined ? null : parsePostgresType(column.type);
  if (column === undefined || type === null) return [];
  return [{ type, form: column.form, reason: 'as planned', needsEvidence: false, fits: (value) => valueFits(value, type, column.form) }];
}

function assessedTable({ source, plan, profile }: CheckedTable, refused: readonly PredictedRefusals[]): AssessedTable {
  return {
    name: source.name,
    target: plan.target,
    rows: profile.rowsRead,
    predictedQuarantine: refused.filter((r) => r.table === source.name).reduce((sum, r) => sum + r.rows, 0),
    columns: plan.columns.map((c, i) => {
      const type = parsePostgresType(c.type);
      return { name: c.name, declared: c.declared, type: type === null ? c.type : postgresTypeName(type), form: c.form, notNull: c.notNull, classes: { ...profile.columns[i]?.classes }, evidence: c.evidence };
    }),
  };
}

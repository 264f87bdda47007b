/** The plan file: every decision, reviewable and editable. JSON in the control record, YAML for people. */
import { Failure } from '@causeway/contracts/failures';
import { parsePostgresType, postgresTypeName } from '@causeway/contracts/logical-type';
import { stringify } from 'yaml';
import { z } from 'zod';
import { planLines, rememberLines } from './plan-lines.ts';
import { speedWishes } from './speed/speed-wishes.ts';

/** For values that a column cannot hold; what each means stands in resolve-policy. */
const policy = z.enum(['quarantine', 'widen', 'text', 'bytes', 'null', 'replace']);

const column = z
  .strictObject({
    name: z.string(),
    target: z.string(),
    declared: z.string(),
    type: z.string().refine((t) => parsePostgresType(t) !== null, { error: 'is not a type that causeway can load' }),
    form: z.enum(['plain', 'any', 'epoch_s', 'epoch_ms', 'epoch_us', 'julian', 'decimal15']),
    notNull: z.boolean(),
    evidence: z.string(),
    /** Wins over the table's. */
    policy: policy.optional(),
    /** Values of each storage class that were seen, in all rows or in the sample. */
    found: z.partialRecord(z.enum(['null', 'integer', 'real', 'text', 'blob']), z.number()).optional(),
  })
  .refine((c) => formSuits(c.form, parsePostgresType(c.type)?.kind), { error: 'has a form that its type cannot be read from', path: ['form'] });

const MOMENTS = ['timestamp', 'timestamptz'];

/** Counted forms are moments; `any` prints, so it needs a type that holds what is printed. */
function formSuits(form: string, kind: string | undefined): boolean {
  if (form === 'plain') return true;
  if (form === 'any') return kind === 'text' || kind === 'bytea';
  if (form === 'decimal15') return kind === 'numeric';
  return MOMENTS.includes(kind ?? '') || (form === 'epoch_s' && kind === 'date');
}

const table = z.strictObject({
  name: z.string(),
  target: z.string(),
  action: z.enum(['move', 'skip']),
  /** Rows that stand in an existing table may be replaced. */
  replace: z.boolean().default(false),
  /** Decided on a sample: confirmed or revised while the rows are read. */
  sampled: z.boolean(),
  /** For its columns that say nothing themselves, where it can be followed. */
  policy: policy.optional(),
  columns: z.array(column).min(1),
});

const object = z.strictObject({
  kind: z.string(),
  name: z.string(),
  table: z.string(),
  fidelity: z.enum(['exact', 'approximated', 'needs_decision', 'not_moved']),
  source: z.string().nullable(),
  target: z.string().nullable(),
  /** Runs after the load, in this order of stages. */
  stage: z.enum(['none', 'create', 'unique', 'index', 'check', 'foreign_key', 'view']),
  notes: z.array(z.string()),
  /** Of a foreign key: made without looking at the rows that are there, or left out. */
  policy: z.enum(['not_valid', 'skip']).optional(),
  /** Queries that count how often a translated condition holds, fails and is unknown; equal counts prove it on every row. */
  proof: z.strictObject({ sqlite: z.string(), postgres: z.string() }).optional(),
});

export const planDocument = z.strictObject({
  causeway: z.literal(1),
  names: z.enum(['exact', 'snake_case']),
  targetSchema: z.string().min(1),
  tables: z.array(table),
  ...speedWishes,
  objects: z.array(object),
});

export type PlanDocument = z.infer<typeof planDocument>;
export type PlanTable = z.infer<typeof table>;
export type PlanColumn = z.infer<typeof column>;
export type PlanObject = z.infer<typeof object>;
export type PlanPolicy = z.infer<typeof policy>;

const HEADER = ` The plan of a migration. Edit names, types, forms and actions, then give it to \`migrate --plan\`.
 type: any of ${['smallint', 'integer', 'bigint', 'double precision', 'numeric(p,s)', 'boolean', 'text', 'character varying(n)', 'bytea', 'date', 'time without time zone', 'timestamp with time zone', 'uuid', 'jsonb', 'inet', 'interval'].join(', ')}
 form: plain | any (text or bytea from every class) | epoch_s | epoch_ms | epoch_us | julian | decimal15 (numeric from 15 significant digits)
 action: move | skip
 policy of a table or column, for values that do not fit: quarantine (default) | widen | text | bytes | null | replace (U+FFFD)
 policy of a foreign key: not_valid | skip`;

export function planToYaml(plan: PlanDocument): string {
  return `${HEADER.split('\n').map((line) => `#${line}`).join('\n')}\n${stringify(plan, { lineWidth: 0 })}`;
}

/** Throws PLAN_INVALID naming the line, the path and what is wrong there. */
export function planFromYaml(text: string, file: string): PlanDocument {
  const lines = planLines(text);
  const result = planDocument.safeParse(lines.parsed(file));
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new Failure('PLAN_INVALID', `${file}${lines.lineOf(issue?.path ?? [])}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
  }
  rememberLines(result.data, file, lines);
  return result.data;
}

export { postgresTypeName };

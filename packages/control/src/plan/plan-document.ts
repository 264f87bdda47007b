/** The plan file: every decision, reviewable and editable. JSON in the control record, YAML for people. */
import { Failure } from '@causeway/contracts/failures';
import { parsePostgresType, postgresTypeName } from '@causeway/contracts/logical-type';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { speedWishes } from './speed/speed-wishes.ts';

const column = z
  .strictObject({
    name: z.string(),
    target: z.string(),
    declared: z.string(),
    type: z.string().refine((t) => parsePostgresType(t) !== null, { error: 'is not a type that causeway can load' }),
    form: z.enum(['plain', 'any', 'epoch_s', 'epoch_ms', 'epoch_us', 'julian', 'decimal15']),
    notNull: z.boolean(),
    evidence: z.string(),
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

const HEADER = ` The plan of a migration. Edit names, types, forms and actions, then give it to \`migrate --plan\`.
 type: any of ${['smallint', 'integer', 'bigint', 'double precision', 'numeric(p,s)', 'boolean', 'text', 'character varying(n)', 'bytea', 'date', 'time without time zone', 'timestamp with time zone', 'uuid', 'jsonb', 'inet', 'interval'].join(', ')}
 form: plain | any (text or bytea from every class) | epoch_s | epoch_ms | epoch_us | julian | decimal15 (numeric from 15 significant digits)
 action: move | skip`;

export function planToYaml(plan: PlanDocument): string {
  return `${HEADER.split('\n').map((line) => `#${line}`).join('\n')}\n${stringify(plan, { lineWidth: 0 })}`;
}

/** Throws PLAN_INVALID naming the path and what is wrong there. */
export function planFromYaml(text: string, file: string): PlanDocument {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (cause) {
    throw new Failure('PLAN_INVALID', `${file}: ${(cause as Error).message.split('\n', 1)[0]}`, { cause });
  }
  const result = planDocument.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Failure('PLAN_INVALID', `${file}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

export { postgresTypeName };

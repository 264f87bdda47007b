/** Rows that would go to the quarantine, each under the check that says why. */
import type { CheckId } from '@causeway/contracts/assess-checks';
import type { Finding, PredictedRefusals } from '../assessment.ts';
import { type CheckInput, finding } from './check-input.ts';

const BY_CODE: Readonly<Record<string, CheckId>> = {
  OUT_OF_RANGE: 'integer-out-of-range',
  TOO_LONG: 'overlong-text',
  NUL_IN_TEXT: 'nul-byte',
  INVALID_UTF8: 'invalid-utf8',
  JSON_NOT_EXACT: 'json-not-exact',
  NULL_NOT_ALLOWED: 'null-not-allowed',
  SQLSTATE_54000: 'row-too-large',
};

export function* refusedRows(input: CheckInput): Generator<Finding> {
  for (const refused of input.refused) {
    yield finding({
      check: checkOf(refused, typeOf(input, refused)),
      severity: 'decision',
      table: refused.table,
      column: refused.column === '' ? null : refused.column,
      count: refused.rows,
      examples: refused.examples,
      detail: `${refused.rows} row(s) go to the quarantine: ${refused.reason} (${refused.code})`,
    });
  }
}

function typeOf(input: CheckInput, refused: PredictedRefusals): string {
  return input.plan.tables.find((t) => t.name === refused.table)?.columns.find((c) => c.name === refused.column)?.type ?? '';
}

function checkOf(refused: PredictedRefusals, type: string): CheckId {
  const known = BY_CODE[refused.code];
  if (known === 'json-not-exact') return refused.reason.endsWith('invalid') ? 'json-invalid' : refused.reason.endsWith('nul') ? 'json-nul' : known;
  if (known !== undefined) return known;
  if (type === 'boolean') return 'boolean-values';
  if (type === 'uuid') return 'uuid-invalid';
  if (type === 'inet') return 'inet-invalid';
  if (/^(date|time)/.test(type)) return 'date-invalid';
  return 'class-mismatch';
}

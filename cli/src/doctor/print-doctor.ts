/** The result as lines for a person. */
import type { DoctorCheck, DoctorResult, Verdict } from './doctor-check.ts';

const SIGN: Readonly<Record<Verdict, string>> = { ok: 'ok     ', warn: 'warn   ', missing: 'missing' };

export function doctorText(result: DoctorResult): string {
  const width = Math.max(...result.checks.map((check) => check.name.length));
  const lines = result.checks.flatMap((check) => linesOf(check, width));
  const end = result.ready ? 'Ready.' : 'Not ready: see the lines marked missing that say "needed".';
  return [...lines, '', `Kafka:      ${result.transport}`, `PostgreSQL: ${result.postgres}`, '', end, ''].join('\n');
}

function linesOf(check: DoctorCheck, width: number): string[] {
  const indent = ' '.repeat(9 + width + 2);
  const first = `${SIGN[check.verdict]}  ${check.name.padEnd(width)}  ${check.found === '' ? 'not found' : check.found}`;
  const use = `${indent}${check.required ? 'needed for' : 'for'} ${check.usedFor}`;
  if (check.verdict === 'ok') return [first];
  return [first, use, ...(check.remedy === undefined ? [] : [`${indent}→ ${check.remedy}`])];
}

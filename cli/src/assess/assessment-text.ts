/** The assessment for a person at a terminal. */
import { ASSESS_CHECKS, type AssessVerdict, type Severity } from '@causeway/contracts/assess-checks';
import type { Assessment, Finding } from '@causeway/control/assess/assessment';
import type { TerminalStyle } from '../progress/terminal-style.ts';
import { formatBytes, formatCount, formatCounted, formatSeconds } from '../report/format-amount.ts';
import { visibleText } from '../report/visible-text.ts';

export const VERDICTS: Readonly<Record<AssessVerdict, string>> = { ready: 'Ready', ready_with_decisions: 'Ready with decisions', blocked: 'Blocked' };

/** What is only good to know is counted; --json and --html show it all. */
const SHOWN: readonly Severity[] = ['blocker', 'decision', 'notice'];
const MOST_OF_ONE_CHECK = 8;

export function assessmentText(assessment: Assessment, style: TerminalStyle): string {
  const paint: Readonly<Record<Severity, (text: string) => string>> = { blocker: style.red, decision: style.yellow, notice: style.cyan, info: style.dim };
  const lines: string[] = [];
  for (const severity of SHOWN) {
    const groups = Map.groupBy(assessment.findings.filter((f) => f.severity === severity), (f) => f.check);
    for (const [check, findings] of groups) {
      lines.push(`${paint[severity](severity.padEnd(8))}  ${style.bold(check)}  ${ASSESS_CHECKS[check].title}`);
      lines.push(...findings.slice(0, MOST_OF_ONE_CHECK).map((f) => `          ${findingText(f)}`));
      if (findings.length > MOST_OF_ONE_CHECK) lines.push(`          … and ${formatCount(findings.length - MOST_OF_ONE_CHECK)} more`);
      lines.push(style.dim(`          → ${ASSESS_CHECKS[check].remedy}`));
    }
  }
  return [...lines, ...(lines.length > 0 ? [''] : []), ...closing(assessment, style), ''].join('\n');
}

function findingText(finding: Finding): string {
  const place = [finding.table, finding.column].filter((part) => part !== null).join('.');
  const examples = finding.examples.map((key) => Object.entries(key).map(([name, value]) => `${name} = ${value}`).join(', '));
  return visibleText(`${place === '' ? '' : `${place}: `}${finding.detail}${examples.length > 0 ? ` (${examples.join('; ')})` : ''}`);
}

function closing(assessment: Assessment, style: TerminalStyle): string[] {
  const quiet = assessment.findings.filter((f) => f.severity === 'info').length;
  const { expected, seconds } = assessment;
  return [
    `${style.bold(VERDICTS[assessment.verdict])}: ${formatCounted(assessment.tables.length, 'table')}, ${formatCounted(assessment.rows, 'row')}; ${formatCounted(assessment.predictedQuarantine, 'row')} would go to the quarantine${quiet > 0 ? `; ${formatCounted(quiet, 'remark')} more with --json or --html` : ''}`,
    style.dim(`read in ${formatSeconds(seconds.read ?? 0)}, refused rows ${formatSeconds(seconds.refused ?? 0)}, foreign keys ${formatSeconds(seconds.foreignKeys ?? 0)}, uniqueness ${formatSeconds(seconds.uniqueness ?? 0)}`),
    style.dim(`a migration is expected to take about ${formatSeconds(expected.seconds)} and ${formatBytes(expected.targetBytes)} in PostgreSQL`),
  ];
}

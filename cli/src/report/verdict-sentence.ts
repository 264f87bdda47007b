/** The verdict in words and numbers: the same sentence on the page and on the terminal. */
import { formatCount, formatCounted } from './format-amount.ts';
import type { ReportModel, Verdict } from './report-model.ts';
import { type ReportTotals, reportTotals } from './report-totals.ts';

export type VerdictFacts = Pick<ReportModel, 'verdict' | 'tables' | 'startedAt' | 'finishedAt' | 'failure' | 'differences'>;

export const VERDICT_TITLES: Readonly<Record<Verdict, string>> = {
  equal: 'Equal',
  equal_with_quarantine: 'Equal, with rows in quarantine',
  different: 'Different',
  failed: 'Failed',
};

export function verdictSentence(facts: VerdictFacts): string {
  const totals = reportTotals(facts);
  switch (facts.verdict) {
    case 'equal':
      return equalSentence(totals);
    case 'equal_with_quarantine':
      return `${provedClause(totals)}. ${quarantineSentence(totals)}`;
    case 'different':
      return differentSentence(facts, totals);
    case 'failed':
      return failedSentence(facts, totals);
  }
}

function equalSentence(totals: ReportTotals): string {
  if (totals.tables === 0) return 'The source has no tables: there was nothing to move, and nothing is left behind.';
  if (totals.sourceRows === 0) return `${formatCounted(totals.tables, 'table')} ${totals.tables === 1 ? 'was' : 'were'} compared: without rows in SQLite, and without rows in PostgreSQL.`;
  return `${provedClause(totals)}; no row was left out.`;
}

function provedClause(totals: ReportTotals): string {
  const rows = formatCounted(totals.provedRows, 'row');
  return `Every cell of ${rows} in ${formatCounted(totals.equalTables, 'table')} was compared and is equal in PostgreSQL`;
}

function quarantineSentence(totals: ReportTotals): string {
  const one = totals.quarantinedRows === 1;
  return `The other ${one ? 'row' : `${formatCount(totals.quarantinedRows)} rows`}, which PostgreSQL cannot hold, ${one ? 'is' : 'are'} kept byte for byte in the quarantine.`;
}

function differentSentence(facts: VerdictFacts, totals: ReportTotals): string {
  const unequal = totals.tables - totals.equalTables;
  const found = facts.differences.length > 0 ? ` ${formatCounted(facts.differences.length, 'difference')} listed below.` : '';
  const proved = `${formatCounted(totals.equalTables, 'table')} with ${formatCounted(totals.provedRows, 'row')} proved equal.`;
  return `${formatCount(unequal)} of ${formatCounted(totals.tables, 'table')} ${unequal === 1 ? 'differs' : 'differ'} between SQLite and PostgreSQL.${found} ${proved}`;
}

function failedSentence(facts: VerdictFacts, totals: ReportTotals): string {
  const why = facts.failure === undefined ? 'The migration ended before the proof.' : sentence(facts.failure.message);
  return `There is no proof of equality. ${why} ${formatCount(totals.equalTables)} of ${formatCounted(totals.tables, 'table')} had been proved equal.`;
}

/** Messages of drivers come with and without a full stop. */
function sentence(text: string): string {
  return /[.!?]$/u.test(text) ? text : `${text}.`;
}

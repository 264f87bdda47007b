/**
 * A verdict is a claim about the figures beside it. Should they ever disagree, the reader must see that first: a report
 * that says "equal" over a table that is not would be worse than none.
 */
import { formatCount } from './format-amount.ts';
import type { ReportModel, ReportTable } from './report-model.ts';

export type JudgedFigures = Pick<ReportModel, 'verdict' | 'tables' | 'differences' | 'checks'>;

export function reportContradictions(model: JudgedFigures): string[] {
  const found = model.tables.flatMap(tableContradictions);
  const unequal = model.tables.filter((table) => !table.equal).length;
  const quarantined = model.tables.reduce((total, table) => total + table.quarantinedRows, 0);
  const claimsEqual = model.verdict === 'equal' || model.verdict === 'equal_with_quarantine';
  if (claimsEqual && unequal > 0) found.push(`The verdict says equal, but ${formatCount(unequal)} of the tables are not proved equal.`);
  if (claimsEqual && model.differences.length > 0) found.push('The verdict says equal, but differences are listed.');
  if (claimsEqual && model.checks.some((check) => check.outcome === 'failed')) found.push('The verdict says equal, but a check failed.');
  if (model.verdict === 'equal' && quarantined > 0) found.push('The verdict says equal without quarantine, but rows are in the quarantine.');
  if (model.verdict === 'equal_with_quarantine' && quarantined === 0) found.push('The verdict speaks of a quarantine, but no table has rows there.');
  return found;
}

function tableContradictions(table: ReportTable): string[] {
  if (!table.equal) return [];
  const found: string[] = [];
  if (table.sourceRows !== table.targetRows + table.quarantinedRows) {
    found.push(`Table ${table.source} is called equal, but its source rows are not its target rows plus its quarantined rows.`);
  }
  if (table.checksumSource === null || table.checksumSource !== table.checksumTarget) {
    found.push(`Table ${table.source} is called equal, but its checksums are not.`);
  }
  return found;
}

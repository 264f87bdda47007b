/**
 * A date column without a value says nothing of how its first date will be written: the columns beside it do. Prisma and Hibernate
 * write every date as milliseconds, and the first row that is deleted softly while the migration runs must not be refused.
 */
import type { PlanTable } from './plan-document.ts';

type PlanColumn = PlanTable['columns'][number];

const isMoment = (column: PlanColumn): boolean => column.type.startsWith('timestamp');
const isEmpty = (column: PlanColumn): boolean => Object.keys(column.found ?? {}).every((storage) => storage === 'null');

export function alignDateForms(tables: readonly PlanTable[]): PlanTable[] {
  const everywhere = formOf(tables.flatMap((t) => t.columns));
  return tables.map((table) => {
    const form = formOf(table.columns) ?? everywhere;
    if (form === null || form === 'plain') return table;
    return { ...table, columns: table.columns.map((c) => (isMoment(c) && isEmpty(c) && c.form === 'plain' ? { ...c, form, evidence: `${c.evidence}; ${form} like the dates beside it` } : c)) };
  });
}

/** The one form in which all dates are that are there; null where there is none, or more than one. */
function formOf(columns: readonly PlanColumn[]): PlanColumn['form'] | null {
  const forms = new Set(columns.filter((c) => isMoment(c) && !isEmpty(c)).map((c) => c.form));
  return forms.size === 1 ? ([...forms][0] as PlanColumn['form']) : null;
}

import { redactedReport } from './redacted-report.ts';
import type { ReportModel } from './report-model.ts';

/** JSON leaves these as they are, but a terminal would obey some and an editor hide others. Escaped, the value is the same. */
const UNSAFE = /[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff]/gu;

export function renderJson(model: ReportModel): string {
  const text = JSON.stringify(redactedReport(model), null, 2);
  return `${text.replace(UNSAFE, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)}\n`;
}

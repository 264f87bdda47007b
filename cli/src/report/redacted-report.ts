import { redactCredentials } from './redact-credentials.ts';
import type { ReportModel } from './report-model.ts';

/** The model with its free text redacted. SQL and names stay as they are: they are the source's schema, and must read as such. */
export function redactedReport(model: ReportModel): ReportModel {
  return {
    ...model,
    transport: { ...model.transport, meaning: redactCredentials(model.transport.meaning) },
    ...(model.failure === undefined
      ? {}
      : { failure: { ...model.failure, message: redactCredentials(model.failure.message), remedy: redactCredentials(model.failure.remedy) } }),
    warnings: model.warnings.map(redactCredentials),
    objects: model.objects.map((object) => ({ ...object, notes: object.notes.map(redactCredentials) })),
    checks: model.checks.map((check) => ({ ...check, detail: redactCredentials(check.detail) })),
    quarantine: model.quarantine.map((entry) => ({ ...entry, reason: redactCredentials(entry.reason) })),
  };
}

/** Builds and writes a migration's report. The renderer is loaded here and now: it costs half a second of start-up. */
import type { WrittenReport } from '../report/write-report.ts';
import { type ReportInput, reportOfMigration } from './report-of-migration.ts';

export async function writeMigrationReport(input: ReportInput, folder: string): Promise<WrittenReport> {
  const { writeReport } = await import('../report/write-report.ts');
  return writeReport(await reportOfMigration(input), folder);
}

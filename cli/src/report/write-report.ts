import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { renderHtml } from './render-html.ts';
import { renderJson } from './render-json.ts';
import type { ReportModel } from './report-model.ts';

export interface WrittenReport {
  readonly html: string;
  readonly json: string;
}

/**
 * Writes `report.html` and `report.json` into the folder, which is made where absent. Each file is replaced in one step: a
 * reader, or a crash, sees the old report or the new one. Both are rendered before either is touched. File errors are thrown as they are.
 */
export async function writeReport(model: ReportModel, folder: string): Promise<WrittenReport> {
  const html = renderHtml(model);
  const json = renderJson(model);
  await mkdir(folder, { recursive: true });
  const written = { html: join(folder, 'report.html'), json: join(folder, 'report.json') };
  await replaceFile(written.json, json);
  await replaceFile(written.html, html);
  return written;
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      // Without it a power cut after the rename may leave an empty file under the good name.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

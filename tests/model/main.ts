/**
 * `npm run model`: every variant of every model, one line each, with the trace of what breaks.
 *   --deep   the large ones too (minutes, and a few GB)
 *   --trace  the steps that lead to each violation
 *   --page FILE  writes docs/model.md, and explores nothing
 *   NAME…    only variants whose name or model contains one of these
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MODELS } from './models.ts';
import { rulesPage } from './rules-page.ts';
import { told } from './variant.ts';

const { values: flags, positionals: names } = parseArgs({ options: { deep: { type: 'boolean' }, trace: { type: 'boolean' }, page: { type: 'string' } }, allowPositionals: true });
let unexpected = 0;
if (flags.page !== undefined) writeFileSync(resolve(flags.page), rulesPage());
for (const [model, variants] of flags.page === undefined ? Object.entries(MODELS) : []) {
  for (const variant of variants) {
    if (variant.deep && flags.deep !== true) continue;
    if (names.length > 0 && !names.some((name) => model.includes(name) || variant.name.includes(name))) continue;
    const found = variant.explore();
    const asItShould = variant.without === null ? found.complete && found.violation === null && found.states >= variant.atLeast : found.violation !== null;
    if (!asItShould) unexpected++;
    process.stdout.write(`${asItShould ? 'ok  ' : 'NOT '} ${model}: ${told(variant, found)}\n`);
    if (flags.trace === true || !asItShould) for (const [i, step] of (found.violation?.trace ?? []).entries()) process.stdout.write(`        ${i + 1}. ${step}\n`);
  }
}
process.exitCode = unexpected === 0 ? 0 : 1;

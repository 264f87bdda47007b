/**
 * Writes the files of ops/ that are made from these declarations: `node ops/src/main.ts`.
 * With --rules it prints the rules instead: --time-scale 0.01 shortens every duration, --runbook-base says where the runbooks are served.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { madeFiles } from './made-files.ts';
import { PRODUCTION, renderRules } from './prometheus/render-rules.ts';

const { values } = parseArgs({ options: { rules: { type: 'boolean' }, 'time-scale': { type: 'string' }, 'runbook-base': { type: 'string' } } });

if (values.rules === true) {
  process.stdout.write(renderRules({ timeScale: Number(values['time-scale'] ?? 1), runbookBase: values['runbook-base'] ?? PRODUCTION.runbookBase }));
} else {
  for (const [path, text] of Object.entries(madeFiles())) {
    const file = join(import.meta.dirname, '..', '..', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stdout.write(`${path}\n`);
  }
}

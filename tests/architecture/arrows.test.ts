/** The arrows between packages hold, and the rules about them notice what they are for: each is broken once in a tree of its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'causeway-arrows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of the rules that are broken below a folder. */
function broken(cwd: string): string[] {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const run = spawnSync(process.execPath, [program, 'packages', 'services', 'cli', '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'], { cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const { summary } = JSON.parse(run.stdout) as { summary: { violations: { rule: { name: string } }[]; totalCruised: number } };
  expect(summary.totalCruised).toBeGreaterThan(5);
  return [...new Set(summary.violations.map((violation) => violation.rule.name))].sort();
}

test('no arrow points the wrong way', () => {
  expect(broken(root)).toEqual([]);
});

// Invariant: I17
test('a broken arrow is noticed', () => {
  const files: Record<string, string> = {
    'packages/contracts/src/pure.ts': "import { readFileSync } from 'node:fs';\nimport { connect } from 'node:net';\nimport '../../runtime/src/low.ts';\nexport const x = [readFileSync, connect];",
    'packages/contracts/src/conversion/text.ts': 'export const t = 1;',
    'packages/dialect/src/sql.ts': "import { spawn } from 'node:child_process';\nimport '../../control/src/plan.ts';\nexport const s = spawn;",
    'packages/runtime/src/low.ts': "import '../../control/src/plan.ts';\nexport const l = 1;",
    'packages/control/src/plan.ts': "import '../../../services/loader/src/apply.ts';\nexport const p = 1;",
    'packages/testkit/src/kit.ts': 'export const k = 1;',
    'services/extractor/src/read.ts': "import type { A } from '../../loader/src/apply.ts';\nexport type B = A;",
    'services/loader/src/apply.ts': "import './circle.ts';\nimport '../../../packages/testkit/src/kit.ts';\nimport '../../../cli/src/main.ts';\nexport type A = 1;",
    'services/loader/src/circle.ts': "import './apply.ts';\nexport const c = 1;",
    'services/validator/src/proof.ts': "import '../../extractor/src/read.ts';\nimport '../../../packages/contracts/src/conversion/text.ts';\nimport './gone.ts';",
    'cli/src/main.ts': "import '../../services/validator/src/proof.ts';\nimport 'kafkajs';",
    'node_modules/kafkajs/package.json': '{ "name": "kafkajs", "main": "index.js" }',
    'node_modules/kafkajs/index.js': '',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  writeFileSync(join(folder, 'package.json'), '{}');
  expect(broken(folder)).toEqual([
    'cli-starts-processes',
    'contracts-and-net',
    'contracts-are-pure',
    'contracts-import-nothing',
    'control-on-runtime',
    'declared-packages-only',
    'dialect-is-pure',
    'dialect-on-contracts',
    'everything-resolves',
    'extractor-stands-alone',
    'kafka-behind-the-port',
    'loader-stands-alone',
    'no-cycles',
    'no-testkit-at-run-time',
    'runtime-on-contracts',
    'validator-measures-by-itself',
    'validator-shares-no-code',
    'validator-stands-alone',
  ]);
});

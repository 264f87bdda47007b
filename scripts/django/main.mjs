// `npm run test:django`: the tests of integrations/django against every Django that it supports, each in an environment of
// its own under .tools/django, with one real PostgreSQL. Arguments go to pytest; `--only 5.2` runs one Django,
// `--outputFile FILE` writes the count for the closing line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../bootstrap/layout.mjs';
import { MATRIX } from './matrix.mjs';
import { findPython } from './find-python.mjs';
import { prepare } from './prepare.mjs';
import { countOf, runPytest } from './run-pytest.mjs';

const sum = (counts) => counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }));
const say = (text) => process.stderr.write(`${text}\n`);

/** One Django: counts of its tests. A Django without a Python is one skip, with its reason. */
async function runOne(entry, context) {
  const python = findPython(entry);
  if (python === null) {
    say(`Django ${entry.django}: skipped, this machine has no Python ${entry.python.join(' or ')}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const venv = await prepare(entry, python);
  say(`Django ${entry.django} on ${python.version}: tests begin`);
  // What only one Django runs is as long as all the rest: it runs beside it.
  const parts = entry.full ? ['not one_django', 'one_django'] : ['not one_django'];
  const counts = await Promise.all(
    parts.map(async (marker, i) => {
      const name = `${entry.django}-${i}`;
      const report = join(context.folder, `${name}.xml`);
      return countOf(report, await runPytest({ venv, entry, name, marker, report, ...context }));
    }),
  );
  const count = sum(counts);
  say(`Django ${entry.django} on ${python.version}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  return count;
}

async function startPostgres(folder) {
  if (process.env.CAUSEWAY_TEST_PG) return { url: process.env.CAUSEWAY_TEST_PG, stop: async () => {} };
  const parts = new URL('../../packages/runtime/dist/parts/', import.meta.url);
  const { startLocalPostgres } = await import(new URL('local-postgres.js', parts).href);
  const { removePostgresHome } = await import(new URL('postgres-home.js', parts).href);
  const stateDir = join(folder, 'postgres');
  const server = await startLocalPostgres({ stateDir, environment: process.env, signal: new AbortController().signal, settings: { fsync: 'off', max_connections: '100' } });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      removePostgresHome(stateDir);
    },
  };
}

async function main(args) {
  const option = (name) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args.splice(at, 2)[1];
  };
  const only = option('--only');
  const output = option('--outputFile');
  const chosen = MATRIX.filter((entry) => only === undefined || entry.django === only);
  if (chosen.length === 0) throw new Error(`--only ${only}: choose of ${MATRIX.map((entry) => entry.django).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'causeway-django-'));
  const server = await startPostgres(folder);
  try {
    const context = { folder, url: server.url, command: join(ROOT, 'causeway'), args };
    // Two at a time: most of a test is waiting for another process.
    const counts = await Promise.all(chosen.map((entry) => runOne(entry, context)));
    const total = sum(counts);
    if (output !== undefined) writeFileSync(output, JSON.stringify(total));
    process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
    process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error) => {
  say(`test:django: ${error.message}`);
  process.exitCode = 3;
});


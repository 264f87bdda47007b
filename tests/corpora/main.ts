/**
 * `npm run test:corpora -- [--json FILE] [FILE|FOLDER …]`: every SQLite file given, by default those beside the
 * repository, is assessed, migrated through servers of this run's own, and judged. Exit code 1 where one is not as it must be.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalKafka } from '@causeway/runtime/parts/local-kafka';
import { startLocalPostgres } from '@causeway/runtime/parts/local-postgres';
import { removePostgresHome } from '@causeway/runtime/parts/postgres-home';
import { openBench } from '@causeway/testkit/causeway-command';
import { TEST_BROKERS, TEST_PG } from '@causeway/testkit/test-servers';
import { CORPORA, findDatabases } from './find-databases.ts';
import { type Proof, proveDatabase } from './prove-database.ts';

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const files = (positionals.length === 0 ? [CORPORA] : positionals.map((path) => resolve(path))).flatMap(findDatabases);
const folder = mkdtempSync(join(tmpdir(), 'causeway-corpora-'));
const proofs: Proof[] = [];
const stops: (() => Promise<void>)[] = [];
try {
  const options = { environment: process.env, signal: new AbortController().signal };
  const postgres = await startLocalPostgres({ ...options, stateDir: join(folder, 'postgres'), settings: { fsync: 'off' } });
  stops.push(() => postgres.stop());
  const kafka = await startLocalKafka({ ...options, stateDir: join(folder, 'kafka') });
  stops.push(() => kafka.stop());
  process.env[TEST_PG] = postgres.url;
  process.env[TEST_BROKERS] = kafka.brokers;
  for (const file of files) {
    const bench = await openBench('corpus');
    const proof = await proveDatabase(bench, file).finally(() => bench.close());
    proofs.push(proof);
    process.stdout.write(`${proof.problems.length === 0 ? 'good' : 'BAD '}  ${proof.file}: ${proof.verdict}, ${proof.rows} rows, ${proof.quarantined} quarantined, ${proof.foretold} foretold; ${proof.judged}\n`);
    for (const problem of proof.problems) process.stdout.write(`      ${problem}\n`);
  }
} finally {
  for (const stop of stops.reverse()) await stop();
  removePostgresHome(join(folder, 'postgres'));
  rmSync(folder, { recursive: true, force: true });
}
if (values.json !== undefined) writeFileSync(resolve(values.json), `${JSON.stringify(proofs, null, 2)}\n`);
const bad = proofs.filter((p) => p.problems.length > 0).length;
process.stdout.write(`${proofs.length} databases, ${bad} not as they must be\n`);
process.exitCode = bad === 0 && proofs.length > 0 ? 0 : 1;

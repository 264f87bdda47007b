/**
 * `npm run test:corpora -- [--json FILE] [FILE|FOLDER …]`: every SQLite file given, by default those beside the
 * repository, is assessed, migrated through servers of this run's own, and judged. Exit code 1 where one is not as it must be.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openBench } from '@causeway/testkit/causeway-command';
import { withOwnServers } from '@causeway/testkit/own-servers';
import { CORPORA, findDatabases } from './find-databases.ts';
import { type Proof, proveDatabase } from './prove-database.ts';

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const files = (positionals.length === 0 ? [CORPORA] : positionals.map((path) => resolve(path))).flatMap(findDatabases);
const proofs: Proof[] = [];
await withOwnServers('corpora', async () => {
  for (const file of files) {
    const bench = await openBench('corpus');
    const proof = await proveDatabase(bench, file).finally(() => bench.close());
    proofs.push(proof);
    process.stdout.write(`${proof.problems.length === 0 ? 'good' : 'BAD '}  ${proof.file}: ${proof.verdict}, ${proof.rows} rows, ${proof.quarantined} quarantined, ${proof.foretold} foretold; ${proof.judged}\n`);
    for (const problem of proof.problems) process.stdout.write(`      ${problem}\n`);
  }
});
if (values.json !== undefined) writeFileSync(resolve(values.json), `${JSON.stringify(proofs, null, 2)}\n`);
const bad = proofs.filter((p) => p.problems.length > 0).length;
process.stdout.write(`${proofs.length} databases, ${bad} not as they must be\n`);
process.exitCode = bad === 0 && proofs.length > 0 ? 0 : 1;

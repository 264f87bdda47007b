/** What `assess` foretells is what the extractor rejects: over every hostile database, and random ones. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ExactCell, exactCellJson } from '@causeway/contracts/source-value';
import { assessSource } from '@causeway/control/assess/assess-source';
import { contractsFromPlan } from '@causeway/control/plan/contracts-from-plan';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { makePlan } from '@causeway/control/plan/make-plan';
import type { PlanPolicy } from '@causeway/control/plan/plan-document';
import { textDecoding } from '@causeway/control/source/text-decoding';
import { openSource, type SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { prepareSource } from '@causeway/runtime/sqlite/prepare-source';
import { hostileDatabases } from '@causeway/testkit/databases/hostile-databases';
import { writeExact } from './exact-row.ts';
import { readExact } from './range-statements.ts';
import { generateEncoder } from './row-codec.ts';
import { RowWriter } from './row-writer.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-foretold-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const POLICIES: readonly (PlanPolicy | undefined)[] = [undefined, 'text', 'bytes', 'widen', 'null', 'replace'];
/** Large ones show nothing more here, and are migrated from end to end elsewhere. */
const LARGE = new Set(['blob-larger-than-a-message', 'blob-wide-large-row', 'many-tables', 'integer-late-text', 'wide-900-integers', 'wide-900-texts']);

test.each(hostileDatabases.filter((d) => !LARGE.has(d.name)).map((database) => [database.name, database] as const))('%s', async (name, database) => {
  const home = join(folder, name);
  mkdirSync(home);
  const file = join(home, database.fileName ?? 'db.sqlite');
  database.make(file);
  let db: SourceDatabase;
  let path: string;
  try {
    path = (await prepareSource(file, join(home, 'copy'), { forceCopy: false })).readPath;
    db = openSource(path);
  } catch {
    // It cannot be opened at all; what is said then has tests of its own.
    database.unlock?.(file);
    return;
  }
  try {
    for (const policy of POLICIES) compare(db, path, policy);
  } finally {
    db.close();
    database.unlock?.(file);
  }
});

function compare(db: SourceDatabase, file: string, policy: PlanPolicy | undefined): void {
  let schema: ReturnType<typeof discoverSchema>;
  let plan: ReturnType<typeof makePlan>;
  try {
    schema = discoverSchema(db);
    plan = makePlan(db, schema, { names: 'exact', targetSchema: 'public', full: true });
    if (policy !== undefined) for (const table of plan.tables) table.policy = policy;
    contractsFromPlan(plan, schema);
  } catch {
    // No plan can be made, or this policy cannot be followed.
    return;
  }
  const foretold: string[] = [];
  const seen: string[] = [];
  const say = (table: string, key: readonly ExactCell[], column: string, code: string): string => JSON.stringify([table, key.map((cell) => [cell.name, exactCellJson(cell)]), column, code]);
  assessSource(db, {
    file,
    bytes: 0,
    names: 'exact',
    targetSchema: 'public',
    ...(policy === undefined ? {} : { given: plan }),
    // What PostgreSQL itself refuses is not the extractor's to reject.
    onRefused: (table, row) => row.code.startsWith('SQLSTATE_') || foretold.push(say(table, row.key, row.column, row.code)),
  });
  const decode = textDecoding(schema.encoding);
  const writer = new RowWriter(Buffer.allocUnsafeSlow(65_536));
  for (const contract of contractsFromPlan(plan, schema)) {
    const encode = generateEncoder(contract);
    for (const row of readExact(db, contract, { lo: null, hi: null })) {
      writer.pos = 0;
      const reject = writeExact(writer, encode, contract, row, decode);
      if (reject !== null) seen.push(say(contract.source, reject.key, reject.column, reject.code));
    }
  }
  expect(foretold.sort()).toEqual(seen.sort());
}

/** What a live migration meets in this source: REPLACE, journal mode, version of SQLite, file system. */
import { closeSync, openSync, readSync, statfsSync } from 'node:fs';
import { indexProblem } from '../../capture/followable-index.ts';
import { printsAlike } from '../../plan/contracts-from-plan.ts';
import { ownCollation } from '../../plan/own-collation.ts';
import type { SourceColumn } from '../../plan/source-schema.ts';
import type { Finding } from '../assessment.ts';
import { type CheckInput, finding } from './check-input.ts';

/** Numbers of `statfs`: NFS, SMB, CIFS, SMB2, AFS, Ceph, 9P, FUSE. Source: https://man7.org/linux/man-pages/man2/statfs.2.html */
const NETWORK: Readonly<Record<number, string>> = { 26985: 'NFS', 20859: 'SMB', 4283649346: 'CIFS', 4266872130: 'SMB2', 1397113167: 'AFS', 12805120: 'Ceph', 16914839: '9P', 1702057286: 'FUSE' };

function keyPrintsAlike(plan: CheckInput['tables'][number]['plan'], column: SourceColumn): boolean {
  const planned = plan.columns.find((c) => c.name === column.name);
  return planned !== undefined && printsAlike(planned, column);
}

export function* captureHazards(input: CheckInput): Generator<Finding> {
  yield* replaceUse(input);
  for (const { source, plan } of input.tables) {
    const collation = ownCollation(source);
    if (collation !== null) yield finding({ check: 'collation-own', severity: 'notice', table: source.name, detail: `an index is sorted by ${JSON.stringify(collation.name)}: the table moves, but a live migration cannot write it back` });
    for (const index of source.indexes) if (index.ownFunction !== undefined) yield finding({ check: 'function-own', severity: 'notice', table: source.name, detail: `index ${JSON.stringify(index.name)} calls ${JSON.stringify(index.ownFunction)}: the table moves, but a live migration cannot write it back` });
    const unseen = collation === null ? indexProblem(source) : null;
    if (unseen !== null) yield finding({ check: 'capture-index', severity: 'notice', table: source.name, detail: unseen });
    if (source.withoutRowid && source.columns.some((c) => c.keyPosition > 0 && keyPrintsAlike(plan, c))) yield finding({ check: 'capture-key', severity: 'notice', table: source.name, detail: 'values of two classes in its key are one value in PostgreSQL, and it has no rowid: a live migration cannot keep them apart' });
    if (source.fts === 'rtree') yield finding({ check: 'capture-key', severity: 'notice', table: source.name, detail: 'SQLite lets no trigger see the changes of an R*Tree: for a live migration say action: skip for it, and fill it from its own table in PostgreSQL' });
    else if (source.ownTokenizer !== undefined) yield finding({ check: 'capture-key', severity: 'notice', table: source.name, detail: `its tokenizer ${source.ownTokenizer} is the application's own: for a live migration say action: skip for it` });
    else if (source.fts !== null) yield finding({ check: 'capture-key', severity: 'info', table: source.name, detail: 'changes of a full-text table are taken from its content table' });
    else if (source.columns.every((c) => c.keyPosition === 0) && source.rowidAlias === null) yield finding({ check: 'capture-key', severity: 'notice', table: source.name, detail: 'it has no key, and its columns hide every name of the rowid' });
  }
  if (input.schema.journalMode.toLowerCase() !== 'wal') yield finding({ check: 'journal-mode', severity: 'info', detail: `journal_mode is ${input.schema.journalMode}` });
  yield* version(input);
  yield* fileSystem(input.file);
}

function* replaceUse(input: CheckInput): Generator<Finding> {
  for (const object of input.schema.objects) {
    if (object.kind === 'trigger' && /\b(insert|update)\s+or\s+replace\b|\breplace\s+into\b/i.test(object.sql ?? '')) yield finding({ check: 'replace-use', severity: 'notice', table: object.table, detail: `trigger ${object.name} uses REPLACE` });
  }
  for (const { source } of input.tables) {
    if (/\bon\s+conflict\s+replace\b/i.test(source.sql)) yield finding({ check: 'replace-use', severity: 'notice', table: source.name, detail: 'a constraint says ON CONFLICT REPLACE' });
  }
}

/** The header keeps the number of the library that wrote last. Source: https://www.sqlite.org/fileformat2.html#the_database_header */
function* version(input: CheckInput): Generator<Finding> {
  const header = Buffer.alloc(100);
  const file = openSync(input.file, 'r');
  try {
    if (readSync(file, header, 0, 100, 0) < 100) return;
  } finally {
    closeSync(file);
  }
  const number = header.readUInt32BE(96);
  if (number === 0) return;
  const text = `${Math.floor(number / 1_000_000)}.${Math.floor(number / 1_000) % 1_000}.${number % 1_000}`;
  const old = number < 3_008_003;
  yield finding({ check: 'sqlite-version', severity: old ? 'notice' : 'info', detail: `last written by SQLite ${text}${old ? ', too old for the capture of a live migration' : ''}` });
}

function* fileSystem(file: string): Generator<Finding> {
  let type: number;
  try {
    type = statfsSync(file).type;
  } catch {
    return;
  }
  const name = NETWORK[type >>> 0];
  if (name !== undefined) yield finding({ check: 'network-file-system', severity: 'notice', detail: `the file is on ${name}` });
}

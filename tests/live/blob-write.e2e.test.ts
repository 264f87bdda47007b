/** A write that no trigger sees: incremental blob I/O, by Python's own sqlite3, into a table that is followed. */
import { spawnSync } from 'node:child_process';
import { FollowedFile } from '@causeway/testkit/followed-file';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const PYTHON = process.env['CAUSEWAY_TEST_PYTHON'] ?? 'python3';
/** Since Python 3.11. */
const there = spawnSync(PYTHON, ['-c', 'import sqlite3; sqlite3.Connection.blobopen']).status === 0;
const WRITE = `
import sqlite3, sys
file, row = sys.argv[1], int(sys.argv[2])
with sqlite3.connect(file, timeout=20) as db, db.blobopen('files', 'body', row) as blob:
    blob.write(b'past every trigger')
`;

let app: FollowedFile;
beforeAll(async () => {
  app = await FollowedFile.open('blob_write', "CREATE TABLE files (id INTEGER PRIMARY KEY, name TEXT NOT NULL, body BLOB); INSERT INTO files VALUES (1, 'one', zeroblob(40)), (2, 'two', zeroblob(40)), (3, 'three', zeroblob(40))");
  if (there) app.follow();
});
afterAll(() => app.close());

function writeBlob(row: number): void {
  const wrote = spawnSync(PYTHON, ['-c', WRITE, app.file, String(row)], { encoding: 'utf8' });
  expect([wrote.status, wrote.stderr]).toEqual([0, '']);
}


const open = async (): Promise<unknown> => (await app.validator())['openDivergences'];

(there ? test : test.skip)('the next pass names the row and the column, and repair makes it equal', async () => {
  await app.untilFollowing();
  await app.untilVerified();
  writeBlob(2);
  await app.until(async () => (await open()) === 1, 'a divergence');
  expect(await app.divergences()).toMatchObject([{ key: { id: expect.anything() }, kind: 'different', columns: ['body'] }]);
  const repaired = await app.bench.run(['repair', '--json']);
  expect(repaired.code).toBe(0);
  await app.untilEqual('what was written past the triggers');
  await app.untilVerified();
}, 300_000);

(there ? test : test.skip)('behind the fence it is an alarm that names the table, and there is no way back over it', async () => {
  expect((await app.bench.run(['cutover', '--no-backup', '--json', '--ready-within', '100', '--on-switch', 'true'])).code).toBe(0);
  writeBlob(3);
  await app.until(async () => (await open()) === 1, 'a divergence behind the fence');
  expect((await app.bench.run(['status'])).stdout).toContain('ALARM: 1 rows of table "files" differ between the sides');
  const back = await app.bench.run(['rollback', '--json', '--ready-within', '2', '--on-switch', 'true']);
  expect([back.code, back.stderr]).toEqual([3, expect.stringContaining('CUTOVER_NOT_READY')]);
  expect(await app.phase()).toBe('switched');
}, 300_000);

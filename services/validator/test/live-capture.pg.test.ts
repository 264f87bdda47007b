/** A capture that is not whole any more is told in the beat; what only changes the schema is not. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { schemaVersion, writeFact } from '@causeway/control/capture/source-facts';
import { LiveBench } from './live-bench.ts';

let bench: LiveBench;
beforeEach(async () => {
  bench = await LiveBench.open();
  bench.db.exec("CREATE UNIQUE INDEX orders_name ON orders (name, lower(name)); INSERT INTO orders VALUES (1, 'a', 1, 1)");
  takenIn();
});
afterEach(() => bench.close());

/** As the extractor says it of a schema that it has looked at. */
function takenIn(): void {
  writeFact(bench.db, 'schema_known', schemaVersion(bench.db));
}

const lost = async (): Promise<unknown> => (await bench.beatOf('validator'))?.state['captureLost'];
const beats = async (n: number): Promise<void> => {
  for (let i = 0, seen: unknown; i < n; seen = (await bench.beatOf('validator'))?.ageMs, i += Number(seen) < 100 ? 1 : 0) await new Promise((resolve) => setTimeout(resolve, 90));
};

// Invariant: I90
test('a table that was rebuilt has lost its triggers; an index of its own or VACUUM takes nothing away', async () => {
  bench.follow(() => 50);
  bench.validate();
  await bench.until(async () => typeof (await lost()) === 'string');
  expect(await lost()).toContain('_causeway_0_replace_insert');
  bench.db.exec('DROP INDEX orders_name');
  takenIn();
  await bench.until(async () => (await lost()) === null);
  bench.db.exec("CREATE INDEX orders_n ON orders (n); ALTER TABLE notes ADD COLUMN more TEXT; CREATE TABLE other (x); CREATE TRIGGER own AFTER INSERT ON other BEGIN SELECT 1; END; VACUUM");
  // Nobody has looked at it yet: nothing is compared meanwhile.
  await bench.until(async () => String(await lost()).includes('changed its schema'));
  takenIn();
  await bench.until(async () => (await lost()) === null);
  await beats(3);
  expect(await lost()).toBeNull();
  bench.db.exec('DROP TRIGGER _causeway_1_update');
  takenIn();
  await bench.until(async () => String(await lost()).includes('_causeway_1_update'));
  bench.db.exec('DROP TABLE _causeway_state');
  await bench.until(async () => String(await lost()) === 'none of it is there');
}, 240_000);

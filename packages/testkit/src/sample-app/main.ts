/**
 * The sample application as a process of its own. Ends with SIGTERM or SIGINT, after the transaction in hand, and prints
 * what it has done as one line of JSON.
 *   main.js --sqlite FILE --ledger FILE --primary FILE [--postgres URL] [--rate CHANGES/s] [--seed N] [--workers N] [--ballast N] [--make]
 */
import { parseArgs } from 'node:util';
import { runApplication } from './application.ts';
import { makeAppDatabase } from './make-app-database.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { sqlite: text, ledger: text, primary: text, postgres: text, rate: text, seed: text, workers: text, ballast: text, make: { type: 'boolean' }, sync: { type: 'boolean' } } });
const { sqlite, ledger, primary } = values;
if (sqlite === undefined || ledger === undefined || primary === undefined) throw new Error('usage: main.js --sqlite FILE --ledger FILE --primary FILE');
const size = { workers: Number(values.workers ?? 3), ballast: Number(values.ballast ?? 1000) };
if (values.make === true) makeAppDatabase(sqlite, size);

const stop = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
// The starter's end is the end of its application: it must not go on writing for nobody.
process.once('disconnect', () => {
  stop.abort();
  // Whatever it waits for: a database that has gone answers nothing.
  setTimeout(() => process.exit(1), 5_000).unref();
});
const summary = await runApplication({
  ...size,
  sqlite,
  ledger,
  primary,
  postgres: values.postgres,
  seed: Number(values.seed ?? 1),
  rate: Number(values.rate ?? Number.POSITIVE_INFINITY),
  syncLedger: values.sync === true,
  signal: stop.signal,
  onFirst: () => process.send?.({ type: 'writing' }),
});
process.stdout.write(`${JSON.stringify(summary)}\n`);
process.disconnect?.();

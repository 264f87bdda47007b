/** The loader's process killed with −9 at each of its fail points while it applies changes: nothing lost, nothing doubled. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changesTopic } from '@causeway/contracts/topics';
import { ensureTopics } from '@causeway/control/topics/ensure-topics';
import { createLog } from '@causeway/runtime/log';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { expect, test } from '@jest/globals';
import { StreamBench } from './stream-bench.fixture.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const SPECS = [
  { name: 'account', columns: { id: 'int8', name: 'text', balance: 'int8' }, key: ['id'] },
  { name: 'entry', columns: { what: 'text' }, key: [] },
] as const;
const ACCOUNTS = 40;
const BATCHES = 12;

function start(bench: StreamBench, file: string, failPoint: string): ChildProcess {
  const env = { ...process.env, CAUSEWAY_MIGRATION: 'm', DATABASE_URL: bench.database.url, CAUSEWAY_TRANSPORT: 'embedded', CAUSEWAY_EMBEDDED_FILE: file, CAUSEWAY_HELD_BYTES: '1000', CAUSEWAY_LOG_LEVEL: 'silent', FAILPOINT: failPoint, NODE_OPTIONS: '' };
  for (const name of ['CAUSEWAY_TEST_PG', 'CAUSEWAY_TEST_BROKERS', 'CAUSEWAY_PRINT_TIMES']) delete (env as Record<string, unknown>)[name];
  return spawn(process.execPath, [MAIN], { env, stdio: 'ignore' });
}

// Invariant: I49, I50
test.each(['after_claim@1', 'after_fetch@1', 'after_stage@4', 'mid_copy@1', 'before_commit@3', 'after_commit@2'])('killed at loader.%s', async (point) => {
  const bench = await StreamBench.open(SPECS, { ddl: 'ALTER TABLE public.account ADD UNIQUE (name)' });
  const folder = mkdtempSync(join(tmpdir(), 'causeway-crash-'));
  const file = join(folder, 'log.sqlite');
  const transport = await connectTransport({ kind: 'embedded', file }, { log: createLog('loader', 'silent') });
  let child: ChildProcess | undefined;
  try {
    await bench.pool.query("UPDATE causeway.live SET phase = 'following'");
    await ensureTopics(transport, bench.record);
    const producer = await transport.producer();
    for (let n = 0; n < BATCHES; n++) {
      // Names rotate among the accounts; every third batch has many parts and is staged. Every batch but the first comes twice.
      const rows = Array.from({ length: ACCOUNTS }, (_, id) => ({ id, name: `name ${(id + n) % ACCOUNTS}`, balance: n }));
      const half = n % 3 === 0 ? [rows.slice(0, 13), rows.slice(13, 29), rows.slice(29)] : [rows];
      const parts = [...half.map((slice) => ({ table: 'account', keys: slice, rows: slice })), { table: 'entry', keys: [{ rowid: n }], rows: [{ rowid: n, what: 'same' }] }];
      const messages = [...bench.messages({ from: n, to: n + 1, attempt: 'x', parts }), ...(n === 0 ? [] : bench.messages({ from: n - 1, to: n + 1, attempt: 'y', parts }))];
      await producer.send(messages.map(({ value }) => ({ topic: changesTopic('m', 1), partition: 0, key: null, value })));
    }
    const [name = '', at] = point.split('@');
    child = start(bench, file, `loader.${name}:exit9@${at}`);
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    child = start(bench, file, '');
    for (const end = Date.now() + 30_000; (await bench.position()).applied < BigInt(BATCHES); ) {
      if (Date.now() > end) throw new Error('the restarted loader does not go on');
      // At any moment: one committed state.
      const [state] = (await bench.pool.query('SELECT count(DISTINCT balance)::int AS versions, count(*)::int AS n, count(DISTINCT name)::int AS names FROM public.account')).rows;
      expect(state.n === 0 || (state.versions === 1 && state.n === ACCOUNTS && state.names === ACCOUNTS)).toBe(true);
      await new Promise((next) => setTimeout(next, 5));
    }
    expect((await bench.rowsOf('entry')).length).toBe(BATCHES);
    expect(await bench.rowsOf('account', 'id')).toEqual(Array.from({ length: ACCOUNTS }, (_, id) => ({ id: BigInt(id), name: `name ${(id + BATCHES - 1) % ACCOUNTS}`, balance: BigInt(BATCHES - 1) })));
  } finally {
    child?.kill('SIGKILL');
    await transport.close();
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

// One part of the way back as a process of its own, so that fail points can kill it: `node way-back-child.mjs reader|sink`.
import { runBack } from '@causeway/extractor/back/run-back';
import { runBackSink } from '@causeway/loader/back/run-back-sink';
import { createLog } from '@causeway/runtime/log';
import { createPool } from '@causeway/runtime/postgres-pool';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';

const { role, url, migration, generation, sourceFile, transport: settings } = JSON.parse(process.argv[2]);
const log = createLog(role, 'error');
const pool = createPool({ url, max: 4, applicationName: 'test child' });
const transport = await connectTransport(settings, { log });
const input = { pool, transport, g: { migration, generation }, log, signal: AbortSignal.timeout(120_000) };
if (role === 'reader') await runBack(input);
else await runBackSink({ ...input, sourceFile, groupSuffix: `child${process.pid}` });

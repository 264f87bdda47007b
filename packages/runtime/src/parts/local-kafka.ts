/** One Kafka broker as a process of this machine: for those who have Java and Maven but neither brokers nor Docker. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { findJava, OLDEST_JAVA } from './java-runtime.ts';
import { DEFAULT_CACHE, kafkaJars } from './kafka-jars.ts';
import { kafkaSettings, LOG_SETTINGS } from './kafka-settings.ts';
import { keepProcess, type KeptProcess } from './keep-process.ts';
import type { LocalPart, PartOptions } from './local-part.ts';
import { freePorts, portAnswers, waitUntil } from './loopback-port.ts';
import { keptPart } from './kept-part.ts';
import { removeFolder } from './partial-folder.ts';
import { lastLines, runProgram } from './run-program.ts';

export interface LocalKafkaOptions extends PartOptions {
  /** Where the jars are kept for all starters; the checkout's .causeway/cache by default. */
  readonly cacheDir?: string;
}

export interface LocalKafka extends LocalPart {
  /** host:port */
  readonly brokers: string;
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;
/** Another command that uses the same folder will hardly end soon: say so instead of waiting. */
const LOCK_WAIT_MS = 2_000;

/**
 * The broker mostly moves bytes. Measured on 2 cores with 750 MB through it: the first compiler alone needs 5.3 s of
 * processor time from start to end, both compilers 9.2 s, and neither was faster in throughput.
 */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-XX:-UsePerfData', '-Djava.net.preferIPv4Stack=true'];
const HEAP = '-Xmx512m';

/** Everything about one start. */
interface Broker {
  readonly options: LocalKafkaOptions;
  readonly java: string;
  readonly jars: string;
  readonly folder: string;
  readonly logFile: string;
  readonly settings: string;
}

/** Starts the broker and resolves when it answers. What its folder holds survives between runs. */
export async function startLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const java = findJava(options.environment);
  if (java === undefined) throw new Failure('TRANSPORT_UNAVAILABLE', 'Java is not on PATH');
  if (java.major < OLDEST_JAVA) throw new Failure('TRANSPORT_UNAVAILABLE', `Java ${java.version} is too old for Kafka: ${OLDEST_JAVA} or newer is needed`);
  const { environment, signal, log } = options;
  const jars = await kafkaJars({ cacheDir: options.cacheDir ?? DEFAULT_CACHE, environment, signal, ...(log === undefined ? {} : { log }) });
  const folder = resolve(options.stateDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder({ file: join(folder, 'lock'), purpose: 'its Kafka broker is running', signal, waitMs: LOCK_WAIT_MS });
  const broker = { options, java: java.command, jars, folder, logFile: join(folder, 'kafka.log'), settings: join(folder, 'server.properties') };
  try {
    return await startLocked(broker, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startLocked(broker: Broker, lock: FolderLock): Promise<LocalKafka> {
  const dataDir = join(broker.folder, 'data');
  const [port = 0, controller = 0] = await freePorts(2);
  writeFileSync(broker.settings, kafkaSettings({ broker: port, controller }, dataDir), { mode: 0o600 });
  if (!existsSync(join(dataDir, 'meta.properties'))) await format(broker, dataDir);
  broker.options.log?.('starting a Kafka broker on this machine');
  const process = launch(broker);
  lock.addKeeper(process.pid);
  try {
    const ready = await waitUntil(() => portAnswers(port), { signal: broker.options.signal, deadlineMs: START_DEADLINE_MS, hopeless: () => process.gone });
    if (!ready) throw new Failure('PART_FAILED', `Kafka ${process.gone ? 'ended while starting' : 'did not answer within 60 s'}; its log is ${broker.logFile}`);
  } catch (error) {
    await process.stop();
    throw error;
  }
  return { ...keptPart({ name: 'Kafka', process, logFile: broker.logFile, onGone: () => lock.release() }), brokers: `127.0.0.1:${port}` };
}

/** A folder that was left half formatted has no meta.properties and holds no messages: it is made anew. */
async function format(broker: Broker, dataDir: string): Promise<void> {
  removeFolder(dataDir);
  const run = await runProgram({
    command: broker.java,
    args: [...JVM, ...LOG_SETTINGS, '-cp', join(broker.jars, '*'), 'kafka.tools.StorageTool', 'format', '--standalone', '-t', clusterId(), '-c', broker.settings],
    environment: broker.options.environment,
    signal: broker.options.signal,
  });
  if (run.code !== 0) throw new Failure('PART_FAILED', `Kafka could not prepare its folder ${dataDir}: ${lastLines(run.output)}`);
}

/** Kafka takes 16 bytes as base64url; one that begins with a dash would be read as an option. */
function clusterId(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('base64url');
}

function launch(broker: Broker): KeptProcess {
  return keepProcess(
    {
      command: broker.java,
      args: [HEAP, ...JVM, ...LOG_SETTINGS, '-cp', join(broker.jars, '*'), 'kafka.Kafka', broker.settings],
      cwd: broker.folder,
      stop: [{ signal: 'SIGTERM', waitMs: STOP_DEADLINE_MS }],
      orphanSignal: 'KILL',
    },
    { logFile: broker.logFile, environment: broker.options.environment },
  );
}

/** Lag as Kafka's own kafka-consumer-groups shows it: from committed offsets, which causeway never reads back. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kafkaVersion } from '@causeway/runtime/parts/kafka-jars';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import { LiveShop, servicesOf } from '@causeway/testkit/live-shop';
import { testBrokers } from '@causeway/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/** Kept beside the broker's jars, for the next run. */
const TOOLS = resolve(import.meta.dirname, `../../../.causeway/cache/kafka-tools-${kafkaVersion()}`);

let bench: Bench;
let shop: LiveShop;
beforeAll(async () => {
  fetchTools();
  bench = await openBench('lag');
  shop = await LiveShop.open(bench, { orders: 500, perSecond: 20, seed: 3 });
}, 300_000);
afterAll(async () => {
  await shop?.close();
  await bench?.close();
});

function run(command: string, args: readonly string[]): string {
  const ran = spawnSync(command, args, { encoding: 'utf8', timeout: 240_000 });
  if (ran.status !== 0) throw new Error(`${command}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

function fetchTools(): void {
  if (existsSync(TOOLS)) return;
  mkdirSync(TOOLS, { recursive: true });
  const pom = join(TOOLS, 'pom.xml');
  const dependency = `<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${kafkaVersion()}</version></dependency>`;
  const plugin = '<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version></plugin>';
  writeFileSync(pom, `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>io.causeway</groupId><artifactId>tools</artifactId><version>1</version><packaging>pom</packaging><dependencies>${dependency}</dependencies><build><plugins>${plugin}</plugins></build></project>`);
  run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${TOOLS}`]);
}

interface GroupLag {
  readonly group: string;
  readonly topic: string;
  readonly committed: number;
  readonly end: number;
  readonly lag: number;
}

/** GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG … */
function lags(): GroupLag[] {
  const text = run('java', ['-Xmx128m', '-cp', join(TOOLS, '*'), 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', '--bootstrap-server', testBrokers(), '--describe', '--all-groups']);
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter(([group = '', , , committed = '']) => group.startsWith('causeway.') && /^\d+$/.test(committed)).map(([group = '', topic = '', , committed, end, lag]) => ({ group, topic, committed: Number(committed), end: Number(end), lag: Number(lag) }));
}

const changesLag = (): GroupLag | undefined => lags().find(({ group, topic }) => group.endsWith('.changes') && topic.endsWith('.changes'));

test('a loader that keeps up has next to no lag; one that stands still has as much as was published meanwhile', async () => {
  shop.write();
  shop.follow();
  await shop.untilPhase('following');
  await shop.until(async () => (changesLag()?.committed ?? 0) > 10, 'committed offsets');
  const loader = servicesOf(shop.commandPid).find(({ name }) => name === 'loader')?.pid as number;
  process.kill(loader, 'SIGSTOP');
  const stopped = changesLag() as GroupLag;
  const at = shop.acknowledged;
  await shop.until(async () => shop.acknowledged > at + 100, 'writes');
  await shop.until(async () => (changesLag() as GroupLag).lag > stopped.lag + 20, 'a lag that grows');
  expect((changesLag() as GroupLag).committed).toBe(stopped.committed);
  process.kill(loader, 'SIGCONT');
  await shop.stopWriting();
  // Heartbeats go on, one a second: one of them may just be on its way.
  await shop.until(async () => (changesLag() as GroupLag).lag <= 2, 'the loader to catch up');
}, 400_000);

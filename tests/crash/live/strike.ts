/** Breaks what a fault names, in a run that is under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DISKS, type Fault, NETWORK } from './draw-plan.ts';
import { killNow, pauseFor, secondOf, serviceOf } from './kill.ts';
import type { Servers } from './servers.ts';
import type { Stage } from './stage.ts';

/** For how long a second process runs beside the first. */
const SECOND_MS = 3_000;
/** After which a server misses a client whose connection is half open. */
const MISSED_MS = 20_000;
/** How long a service that is not there is waited for. */
const PATIENCE_MS = 5_000;

/** Answers whether it was really injected: false where what it names was not there. */
export async function strike({ victim, stopMs, asked }: Fault, stage: Stage, servers: Servers): Promise<boolean> {
  stage.tell(`${victim}${asked === true ? ' asked to end' : ''}${stopMs === undefined ? '' : ` for ${stopMs} ms`}`);
  if (asked === true) return ask(victim, stage);
  if (NETWORK.some((name) => name === victim)) return breakNetwork(victim, stopMs, servers);
  if (DISKS.some((name) => name === victim)) return fillDisk(victim, stopMs ?? 0, stage, servers);
  if (victim === 'backends') return terminateBackends(stage);
  if (victim.startsWith('second ')) return startSecond(victim.slice('second '.length), stage);
  if (stopMs !== undefined) return pauseFor(pidOf(victim, stage), stopMs);
  return kill(victim, stage, servers);
}

function pidOf(victim: string, stage: Stage): number | undefined {
  const command = stage.commandPid;
  return victim === 'command' || command === undefined ? command : serviceOf(command, victim);
}

async function kill(victim: string, stage: Stage, servers: Servers): Promise<boolean> {
  if (victim === 'application') return stage.killApplication();
  if (victim === 'broker' || victim === 'postgres') {
    await servers.kill(victim);
    stage.tell(`${victim} is back`);
    return true;
  }
  if (victim === 'command') return killNow(stage.commandPid);
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(30)) if (killNow(pidOf(victim, stage))) return true;
  return false;
}

/** SIGTERM; a service that ends so is started again by its command. */
function ask(victim: string, stage: Stage): boolean {
  const pid = pidOf(victim, stage);
  if (pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  return true;
}

/** A service of the same kind beside the one that runs, for a while. */
async function startSecond(service: string, stage: Stage): Promise<boolean> {
  const pid = pidOf(service, stage);
  const child = pid === undefined ? null : secondOf(pid);
  if (child === null) return false;
  await sleep(SECOND_MS);
  killNow(child.exitCode === null ? child.pid : undefined);
  return true;
}

async function terminateBackends(stage: Stage): Promise<boolean> {
  const rows = await stage.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'causeway%'").catch(() => []);
  return rows.length > 0;
}

async function breakNetwork(victim: string, ms: number | undefined, servers: Servers): Promise<boolean> {
  const proxy = victim.startsWith('postgres') ? servers.postgres : servers.kafka;
  if (victim.endsWith('half open')) return proxy.forgetConnections(MISSED_MS, 'causeway') > 0;
  if (ms === undefined) proxy.cut();
  else await proxy.pause(ms);
  return true;
}

async function fillDisk(victim: string, ms: number, stage: Stage, servers: Servers): Promise<boolean> {
  if (victim !== 'state disk') return servers.fill(victim === 'postgres disk' ? 'postgres' : 'broker', ms);
  const full = stage.stateDisk?.fill() === true;
  await sleep(ms);
  stage.stateDisk?.free();
  return full;
}

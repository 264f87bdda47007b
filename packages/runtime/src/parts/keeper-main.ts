/**
 * Keeps one child process for as long as its own standard input is open. The pipe is closed by the kernel when the
 * starter exits, however it exits, so no server outlives the command that started it. Imports nothing but node, so that
 * it is up in a few milliseconds.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { KeeperSpec } from './keeper-spec.ts';

const spec = JSON.parse(process.argv[2] ?? '{}') as KeeperSpec;

/** If the keeper itself is killed, only the kernel can tell the child. Elsewhere than on Linux nothing can. */
function withOrphanSignal(): [string, string[]] {
  const guard = ['--pdeathsig', spec.orphanSignal];
  // Tried, because the setpriv of busybox does not know the option.
  const usable = process.platform === 'linux' && spawnSync('setpriv', [...guard, 'true'], { stdio: 'ignore' }).status === 0;
  return usable ? ['setpriv', [...guard, spec.command, ...spec.args]] : [spec.command, [...spec.args]];
}

const [command, args] = withOrphanSignal();
const child = spawn(command, args, {
  cwd: spec.cwd,
  stdio: ['ignore', 'inherit', 'inherit'],
  ...(spec.uid === undefined ? {} : { uid: spec.uid }),
  ...(spec.gid === undefined ? {} : { gid: spec.gid }),
});
child.on('error', (error) => {
  process.stderr.write(`${spec.command} could not be started: ${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128));

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  let wait = 0;
  for (const step of [...spec.stop, { signal: 'SIGKILL' as const, waitMs: 0 }]) {
    setTimeout(() => child.kill(step.signal), wait);
    wait += step.waitMs;
  }
}

process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, stop);

// Child processes of the bootstrap.
import { spawn, spawnSync } from 'node:child_process';
import { ROOT } from './layout.mjs';

/** An error whose message is for the user as it is. */
export class BootstrapError extends Error {}

export function say(sentence) {
  process.stderr.write(`causeway: ${sentence}\n`);
}

/** A step that is silent unless it fails; its last lines are then the explanation. */
export function step(name, command, args) {
  const run = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 });
  if (run.status === 0) return;
  const said = `${run.stdout ?? ''}\n${run.stderr ?? ''}\n${run.error?.message ?? ''}`.trim().split('\n').filter(Boolean).slice(-15);
  throw new BootstrapError(`${name} failed:\n  ${said.join('\n  ')}`);
}

/** Runs commands in turn until one fails; signals go to the one that runs, whose exit code is the result. */
export async function runToEnd(commands) {
  for (const command of commands) {
    const code = await runOne(command);
    if (code !== 0) return code;
  }
  return 0;
}

function runOne({ command, args, cwd, environment }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...environment } });
    // Ctrl-C reaches the whole group; this process only waits. A signal to this process alone is passed on.
    const ignore = () => {};
    const pass = () => child.kill('SIGTERM');
    process.on('SIGINT', ignore).on('SIGTERM', pass).on('SIGHUP', pass);
    child.once('error', (error) => reject(new BootstrapError(`${command} could not be started: ${error.message}`)));
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore).off('SIGTERM', pass).off('SIGHUP', pass);
      resolve(signal === null ? code : signal === 'SIGINT' || signal === 'SIGTERM' ? 130 : 3);
    });
  });
}

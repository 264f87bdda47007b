/** Starts a keeper process, which starts and ends one server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KeeperSpec } from './keeper-spec.ts';

/** The built file: the same from src, where tests run, and from dist. */
const KEEPER = fileURLToPath(new URL('../../dist/parts/keeper-main.js', import.meta.url));

export interface KeptProcess {
  readonly pid: number;
  /** True once keeper and server are gone. */
  readonly gone: boolean;
  /** Resolves with the exit code when keeper and server are gone. */
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

export function keepProcess(spec: KeeperSpec, options: { logFile: string; environment: Readonly<Record<string, string | undefined>> }): KeptProcess {
  const log = openSync(options.logFile, 'a', 0o600);
  const keeper = spawn(process.execPath, [KEEPER, JSON.stringify(spec)], {
    // Ctrl-C goes to the whole process group: the servers must outlive it until the command has stopped in order.
    detached: true,
    stdio: ['pipe', log, log],
    cwd: spec.cwd,
    env: options.environment as NodeJS.ProcessEnv,
  });
  closeSync(log);
  return kept(keeper);
}

function kept(keeper: ChildProcess): KeptProcess {
  let gone = false;
  const exited = new Promise<number>((resolve) => {
    const end = (code: number): void => {
      gone = true;
      resolve(code);
    };
    keeper.once('exit', (code) => end(code ?? 128));
    keeper.once('error', () => end(127));
  });
  // Writing never happens; the pipe's end is the message. Its errors are those of a keeper that is already gone.
  keeper.stdin?.on('error', () => {});
  // A command that has finished its work may end without waiting for us: the closing pipe stops the server.
  keeper.unref();
  (keeper.stdin as unknown as { unref?: () => void }).unref?.();
  return {
    pid: keeper.pid ?? 0,
    exited,
    get gone() {
      return gone;
    },
    stop: async () => {
      keeper.ref();
      keeper.stdin?.end();
      await exited;
    },
  };
}

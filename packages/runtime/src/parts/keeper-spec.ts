/** What a keeper process is told, as JSON in its only argument. Secrets travel in `environment` of the keeper, never here. */
export interface KeeperSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Sent in turn, each with the time that it is given; SIGKILL follows the last. */
  readonly stop: readonly { readonly signal: NodeJS.Signals; readonly waitMs: number }[];
  /** What the child gets from the kernel if the keeper itself is killed (Linux with setpriv). */
  readonly orphanSignal: 'INT' | 'TERM' | 'KILL';
}

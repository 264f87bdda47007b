/** The two databases that the load writes to, behind the few things that it does. */
import type { LoadKey } from './load-key.ts';
import type { Side } from './load-statements.ts';

/** Inside one transaction. A statement that a constraint refuses throws, and the transaction lives. */
export interface LoadTransaction {
  /** Rows that were changed. */
  run(sql: string, values: LoadKey): Promise<number>;
  first(sql: string, values: LoadKey): Promise<readonly unknown[] | undefined>;
}

export interface LoadDatabase {
  readonly side: Side;
  /** Commits when `work` resolves. Throws LoadFenced where the database is closed, CommitUnknown where nobody knows. */
  transaction<T>(work: (tx: LoadTransaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export class LoadFenced extends Error {}
export class CommitUnknown extends Error {}

/** The two databases that the application can write to, behind the few statements that it uses. */
import type { Row } from './shop-schema.ts';

/** Inside one transaction. Placeholders are `?`. */
export interface ShopTransaction {
  run(sql: string, values: readonly unknown[]): Promise<void>;
  all(sql: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface ShopDatabase {
  readonly kind: 'sqlite' | 'postgresql';
  /** Commits when `work` resolves. Throws `Fenced` where the database is closed for writing. */
  transaction<T>(work: (tx: ShopTransaction) => Promise<T>): Promise<T>;
  /** The newest transaction of this application that is committed here; −1 without one. */
  mark(app: string): Promise<number>;
  close(): Promise<void>;
}

/** This database is closed for writing: the other one is, or will be, the primary. */
export class Fenced extends Error {}

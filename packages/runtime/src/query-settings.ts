/**
 * Server settings under which an application's queries are answered fast: of the server that causeway starts by itself,
 * and what `causeway advise` recommends for others. Measured in docs/decisions/faster-than-sqlite.md.
 */
export interface QuerySetting {
  readonly name: string;
  readonly value: string;
  /** What is better with it. */
  readonly why: string;
}

export const QUERY_SETTINGS: readonly QuerySetting[] = [
  { name: 'jit', value: 'off', why: 'compiling costs more than it gives where a query takes less than seconds' },
  { name: 'work_mem', value: '32MB', why: 'sorts and hashes of some hundred thousand rows stay in memory' },
  { name: 'random_page_cost', value: '1.1', why: 'on flash, and in memory, a page by its number costs hardly more than the next one' },
  { name: 'cpu_index_tuple_cost', value: '0.001', why: 'an entry of an index in memory costs far less than the default says: indexes answer in order, by themselves, where a hash of the table was made' },
  { name: 'parallel_setup_cost', value: '200', why: 'a worker starts in a few milliseconds: the default keeps queries of 100 ms on one core' },
  { name: 'parallel_tuple_cost', value: '0.01', why: 'handing over a row costs less than computing it' },
  { name: 'min_parallel_table_scan_size', value: '1MB', why: 'tables of an application that grew up in SQLite are small' },
  { name: 'min_parallel_index_scan_size', value: '128kB', why: 'the same for indexes that answer by themselves' },
];

/**
 * Workers of one query (`max_parallel_workers_per_gather`) on a machine of so many cores. The process that asks for them
 * works too: one more than the cores and they wait for each other.
 */
export function parallelWorkers(cores: number): number {
  return Math.min(Math.max(cores - 1, 1), 4);
}

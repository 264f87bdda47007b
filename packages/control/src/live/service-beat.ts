/** What a running service tells about itself, once a second: who is alive, how far, since when something waits. */
import type pg from 'pg';

export const BEAT_MS = 1_000;
/** Without a beat for this long a service counts as down, and what it knew as unknown. */
export const DOWN_AFTER_MS = 5_000;

export interface ServiceBeat {
  readonly name: 'extractor' | 'loader' | 'validator';
  readonly instance: string;
  readonly state: Readonly<Record<string, unknown>>;
  /** Milliseconds since the beat, by the server's clock. */
  readonly ageMs: number;
}

export async function beat(client: pg.Pool | pg.ClientBase, migration: string, name: ServiceBeat['name'], instance: string, state: Readonly<Record<string, unknown>>): Promise<void> {
  await client.query(
    `INSERT INTO causeway.service (migration, name, instance, state) VALUES ($1, $2, $3, $4)
     ON CONFLICT (migration, name) DO UPDATE SET instance = $3, state = $4, seen_at = clock_timestamp()`,
    [migration, name, instance, JSON.stringify(state)],
  );
}

export async function readBeats(client: pg.Pool | pg.ClientBase, migration: string): Promise<ServiceBeat[]> {
  const result = await client.query('SELECT name, instance, state, (extract(epoch FROM clock_timestamp() - seen_at) * 1000)::float8 AS "ageMs" FROM causeway.service WHERE migration = $1', [migration]);
  return result.rows as ServiceBeat[];
}

import pg from 'pg';
import { CommitUnknown, type LoadDatabase, LoadFenced, type LoadTransaction } from './load-database.ts';
import type { LoadKey } from './load-key.ts';

/** SQLSTATE of a write to a closed table. */
const CLOSED = '25006';

export async function openLoadPostgres(url: string): Promise<LoadDatabase> {
  const client = new pg.Client({ connectionString: url, application_name: 'causeway rehearsal load' });
  client.on('error', () => {});
  await client.connect();
  const query = (sql: string, values: LoadKey): Promise<pg.QueryArrayResult> => client.query({ text: sql, values: values.map((value) => (Buffer.isBuffer(value) ? value : String(value))), rowMode: 'array' });
  const withinSavepoint = async <T>(work: () => Promise<T>): Promise<T> => {
    await client.query('SAVEPOINT op');
    try {
      const result = await work();
      await client.query('RELEASE SAVEPOINT op');
      return result;
    } catch (error) {
      if ((error as { code?: string }).code !== CLOSED) await client.query('ROLLBACK TO SAVEPOINT op');
      throw error;
    }
  };
  const tx: LoadTransaction = {
    run: (sql, values) => withinSavepoint(async () => (await query(sql, values)).rowCount ?? 0),
    first: (sql, values) => withinSavepoint(async () => (await query(sql, values)).rows[0] as readonly unknown[] | undefined),
  };
  return {
    side: 'postgres',
    transaction: async (work) => {
      let committing = false;
      try {
        await client.query('BEGIN');
        const result = await work(tx);
        committing = true;
        await client.query('COMMIT');
        return result;
      } catch (error) {
        const { code } = error as { code?: string };
        // Without a SQLSTATE it is the connection that has gone.
        if (committing && !/^[0-9A-Z]{5}$/.test(code ?? '')) throw new CommitUnknown('the answer to a commit was lost', { cause: error });
        await client.query('ROLLBACK').catch(() => {});
        throw code === CLOSED ? new LoadFenced((error as Error).message) : error;
      }
    },
    close: () => client.end(),
  };
}

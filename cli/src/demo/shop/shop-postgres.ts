import pg from 'pg';
import { Fenced, type ShopDatabase, type ShopTransaction } from './shop-database.ts';
import type { Row } from './shop-schema.ts';

/** SQLSTATE of a write to a closed table. */
const READ_ONLY = '25006';

export async function openShopPostgres(url: string, schema: string): Promise<ShopDatabase> {
  const client = new pg.Client({ connectionString: url, application_name: 'sample shop' });
  client.on('error', () => {});
  await client.connect();
  await client.query("SELECT set_config('search_path', quote_ident($1), false)", [schema]);
  // The application's ids are far below 2^53.
  client.setTypeParser(20, Number);
  const numbered = (sql: string): string => {
    let n = 0;
    return sql.replaceAll('?', () => `$${++n}`);
  };
  const tx: ShopTransaction = {
    run: async (sql, values) => void (await client.query(numbered(sql), values as unknown[])),
    all: async (sql, values) => (await client.query(numbered(sql), values as unknown[])).rows as Row[],
  };
  return {
    kind: 'postgresql',
    transaction: async (work) => {
      await client.query('BEGIN');
      try {
        const result = await work(tx);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {});
        if ((error as { code?: string }).code === READ_ONLY) throw new Fenced((error as Error).message);
        throw error;
      }
    },
    mark: async (app) => ((await client.query('SELECT n FROM marks WHERE app = $1', [app])).rows[0]?.n as number | undefined) ?? -1,
    close: () => client.end(),
  };
}

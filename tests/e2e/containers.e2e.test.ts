/** The main job on the second fixture: servers in containers, as the compose file runs them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { containerEngineIsThere, startContainerServers } from '@causeway/testkit/container-servers';
import Database from 'better-sqlite3';

const engine = await containerEngineIsThere();

(engine ? test : test.skip)('a migration between containers is proved equal (needs a container engine)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-containers-'));
  const servers = await startContainerServers();
  try {
    const file = join(folder, 'app.sqlite');
    const db = new Database(file);
    db.exec("create table item (id integer primary key, name text not null unique, price decimal(8,2)); with recursive i(x) as (select 1 union all select x + 1 from i where x < 20000) insert into item select x, 'item ' || x, x / 100.0 from i");
    db.close();
    const main = resolve(import.meta.dirname, '../../cli/dist/main.js');
    const run = spawnSync(process.execPath, [main, 'migrate', file, '--json'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: servers.url, KAFKA_BROKERS: servers.brokers, CAUSEWAY_STATE: join(folder, 'state') },
    });
    const outcome = JSON.parse(run.stdout.trim().split('\n').at(-1) as string);
    expect(outcome).toMatchObject({ verdict: 'equal', tables: [{ source: 'item', sourceRows: 20_000, targetRows: 20_000 }] });
  } finally {
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);

/** A migration and a backup with a password of its own: it appears in no process list, log, report, error or record. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { sql } from '@causeway/testkit/backup-bench';
import { freshDatabase } from '@causeway/testkit/test-servers';
import Database from 'better-sqlite3';

const MAIN = resolve(import.meta.dirname, '../../../cli/dist/main.js');
const SECRET = 'Zq7-very-secret-password-Zq7';

/** Arguments of every process of this machine. */
function processLists(): string {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }).join('\n');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('the secret is nowhere but in the environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-secret-'));
  const database = await freshDatabase('secret');
  const role = `secret_${Date.now()}`;
  const url = new URL(database.url);
  try {
    await sql(database.url, `CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD '${SECRET}'`);
    [url.username, url.password] = [role, SECRET];
    const file = join(folder, 'app.sqlite');
    const db = new Database(file);
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 50000) INSERT INTO t SELECT x, 'row ' || x FROM i");
    db.close();
    const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: url.href, CAUSEWAY_STATE: join(folder, 'state'), CAUSEWAY_LOG_LEVEL: 'debug' };
    let told = '';
    let listed = '';
    let looks = 0;
    const run = async (...args: string[]): Promise<number | null> => {
      const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: environment });
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (told += text));
      const timer = setInterval(() => {
        listed += processLists();
        looks++;
      }, 50);
      const code = await new Promise<number | null>((done) => child.once('close', done));
      clearInterval(timer);
      return code;
    };
    expect(await run('migrate', file, '--transport', 'embedded')).toBe(0);
    expect(await run('backup', '--jobs', '2')).toBe(0);
    expect(await run('verify', '--json')).toBe(0);
    // Errors too: a wrong database, an unreachable server, an address that cannot be read.
    for (const wrong of [url.href.replace(/\/[^/]*$/, '/missing'), url.href.replace(/:\d+\//, ':1/'), `${url.href}:x y`, url.href.replace('postgres:', 'mysql:')]) {
      const failed = spawnSync(process.execPath, [MAIN, 'status'], { cwd: folder, encoding: 'utf8', env: { ...environment, DATABASE_URL: wrong } });
      expect(failed.status).not.toBe(0);
      told += failed.stdout + failed.stderr;
    }
    const record = await sql(database.url, "SELECT string_agg(to_jsonb(m)::text, ' ') AS text FROM causeway.migration m");
    const places: readonly [string, string][] = [['output', told], ['process lists', listed], ['record', record.rows[0].text as string], ...filesBelow(join(folder, 'state')).map((name): [string, string] => [name, readFileSync(name, 'latin1')])];
    expect(looks).toBeGreaterThan(10);
    expect(listed).toContain('pg_dump');
    expect(places.length).toBeGreaterThan(8);
    expect(places.filter(([, text]) => text.includes(SECRET)).map(([place]) => place)).toEqual([]);
    // The scan finds what is there.
    writeFileSync(join(folder, 'state', 'planted'), `x${SECRET}x`);
    expect(filesBelow(join(folder, 'state')).filter((name) => readFileSync(name, 'latin1').includes(SECRET))).toHaveLength(1);
  } finally {
    await sql(database.url, `REASSIGN OWNED BY ${role} TO CURRENT_USER`, `DROP OWNED BY ${role}`, `DROP ROLE IF EXISTS ${role}`).catch(() => {});
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);

/** Asks the validator for the digests of a whole database. It is a process of its own, and reads with its own code. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseDigest } from '@causeway/contracts/database-digest';
import type { CliContext } from '../run-cli.ts';
import { ServiceProcess } from '../services/service-process.ts';
import { passedOn } from '../services/passed-on.ts';

export async function wholeDigest(url: string, snapshot: string, context: Pick<CliContext, 'environment' | 'signal'>): Promise<DatabaseDigest> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-digest-'));
  const file = join(folder, 'digest.json');
  const validator = new ServiceProcess({
    name: 'validator',
    logFile: join(folder, 'validator.log'),
    environment: { ...passedOn(context.environment), CAUSEWAY_MIGRATION: 'none', DATABASE_URL: url, CAUSEWAY_MODE: 'whole', CAUSEWAY_DIGEST_FILE: file, CAUSEWAY_SNAPSHOT: snapshot },
    onMessage: () => {},
    onRestart: () => {},
  });
  const stop = (): void => void validator.stop();
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    await validator.done;
    context.signal.throwIfAborted();
    return JSON.parse(readFileSync(file, 'utf8')) as DatabaseDigest;
  } finally {
    context.signal.removeEventListener('abort', stop);
    await validator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

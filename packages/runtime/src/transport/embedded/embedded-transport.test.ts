import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { transportSuite } from '@causeway/testkit/transport-suite';

const folder = mkdtempSync(join(tmpdir(), 'causeway-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

transportSuite({
  name: 'embedded',
  config: () => ({ kind: 'embedded', file: join(folder, 'log.sqlite'), leaseMs: 1_000 }),
  takeoverMs: 1_000,
});

// What ops rely on, proved with real programs: `npm run test:operate`. Too long for every merge, so `npm test` leaves this
// folder out. One folder a subject; a file's suffix says what it needs, as everywhere (x.pg.test.ts, x.e2e.test.ts).
import { resolve } from 'node:path';
import base from '../../jest.config.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..');

export default {
  ...base,
  rootDir: ROOT,
  roots: ['<rootDir>/tests/operate'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300_000,
  // Each of these starts a whole stack; two at once would measure each other.
  maxWorkers: 1,
};

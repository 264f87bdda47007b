import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const LIFECYCLE = fileURLToPath(new URL('../dist/service-lifecycle.js', import.meta.url));
/** Says that it works, and gives way to the signal without a word. */
const QUIET = `import(${JSON.stringify(LIFECYCLE)}).then(({ runService }) => runService({ info() {}, error() {} }, (signal) => new Promise((resolve) => {
  const timer = setInterval(() => {}, 1000);
  signal.addEventListener('abort', () => { clearInterval(timer); resolve({ exitCode: 0 }); });
  console.log('at work');
})))`;

test('a service that was asked to end never ends as if its work were done', async () => {
  const child = spawn(process.execPath, ['-e', QUIET], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([130, null]);
});

import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const MODULE = new URL('./drain-output.ts', import.meta.url).href;
/** Beyond what a pipe takes at once (64 KiB), as the assessment of some sixty tables is. */
const LENGTH = 1_000_000;
const PROGRAM = `import { drainOutput } from ${JSON.stringify(MODULE)};
process.stdout.on('error', () => {});
process.stdout.write('x'.repeat(${LENGTH}));
await drainOutput(process.stdout);
process.exit(7);`;

async function run(read: boolean): Promise<{ readonly code: number | null; readonly length: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  let length = 0;
  if (read) child.stdout.on('data', (chunk: Buffer) => (length += chunk.length));
  else child.stdout.destroy();
  return await new Promise((resolve) => child.on('close', (code) => resolve({ code, length })));
}

describe('the end of a program that has said much', () => {
  it('waits until a pipe has taken all of it', async () => {
    expect(await run(true)).toEqual({ code: 7, length: LENGTH });
  });

  it('does not wait for a reader that has gone', async () => {
    expect(await run(false)).toEqual({ code: 7, length: 0 });
  });
});

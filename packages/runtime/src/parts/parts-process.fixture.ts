/** For tests of the parts: a starter in a process of its own, that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs the built module, starts the part, and then does nothing until it is ended. */
export function startAndHang(module: string, starter: string, stateDir: string): ChildProcess {
  const file = new URL(`../../dist/parts/${module}.js`, import.meta.url).href;
  const code = `
    const { ${starter} } = await import(${JSON.stringify(file)});
    await ${starter}({ stateDir: ${JSON.stringify(stateDir)}, environment: process.env, signal: new AbortController().signal });
    setInterval(() => {}, 60_000);`;
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'ignore', 'inherit'], env: process.env });
}

/** Waits until it holds or the time is over; the test's own expectation then says what is wrong. */
export async function waitFor(holds: () => boolean, ms = 15_000): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end && !holds(); ) await sleep(50);
}

/** What the fuzzer is asked for. A wrong option ends it with the code of a usage error. */
import { parseArgs } from 'node:util';

const HELP = `Random schemas and random writes against the live path. Last line: N cases, ..., N not as they must be.

  npm run test:fuzz -- --runs N --seed S   N cases, each with a seed of its own (S, S + 1 ...) that replays it

  --whole    the whole way in place of the capture alone: real commands and servers, cells edited behind the back, there and back;
             some 30 s a case
  --show N   of each kind of fault the first N are told, cut down to the statements that they need (2)
`;

export function readOptions(): { runs: number; seed: number; shown: number; whole: boolean } {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { runs: text, seed: text, show: text, whole: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
    if (values.help === true) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    return { whole: values.whole === true, runs: count('runs', values.runs ?? (values.whole === true ? '10' : '2000')), seed: count('seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000))), shown: count('show', values.show ?? '2') };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

function count(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a number, not ${JSON.stringify(text)}`);
  return Number(text);
}

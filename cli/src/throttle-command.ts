/** `causeway throttle`: slows the reading of a source down while it is followed, pauses it, or lets it go again. */
import { Failure } from '@causeway/contracts/failures';
import { readLive, setThrottle } from '@causeway/control/live/live-record';
import type { Command } from 'commander';
import { withSession } from './migration-session.ts';
import type { CliContext } from './run-cli.ts';

interface ThrottleFlags {
  readonly to?: string;
  readonly name?: string;
  readonly state?: string;
  readonly json?: boolean;
}

const UNITS: Readonly<Record<string, bigint>> = { '': 1n, b: 1n, k: 1_000n, kb: 1_000n, kib: 1_024n, m: 1_000_000n, mb: 1_000_000n, mib: 1_048_576n, g: 1_000_000_000n, gb: 1_000_000_000n, gib: 1_073_741_824n };

export function registerThrottle(program: Command, context: CliContext): void {
  program
    .command('throttle')
    .argument('[rate]', 'bytes a second that may be read of the source (500k, 2MB, 1GiB), pause, or off; without it: what is set')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .description('slow the reading of a live source down, pause it, or let it go again; obeyed within a second, and never under a fence')
    .action((rate: string | undefined, flags: ThrottleFlags) =>
      withSession(flags, context, async ({ pool, migration }) => {
        const record = await migration(flags.name);
        // Throws where the migration is not live.
        let { throttleBytes } = await readLive(pool, record.id);
        if (rate !== undefined) {
          throttleBytes = parseRate(rate);
          await setThrottle(pool, record.id, throttleBytes);
        }
        if (flags.json === true) context.stdout.write(`${JSON.stringify({ migration: record.name, bytesPerSecond: throttleBytes === null ? null : Number(throttleBytes) })}\n`);
        else context.stdout.write(`${throttleText(throttleBytes)}\n`);
      }),
    );
}

/** Null: off. */
export function parseRate(text: string): bigint | null {
  const word = text.trim().toLowerCase();
  if (word === 'off') return null;
  if (word === 'pause') return 0n;
  const [, amount, unit = ''] = /^(\d{1,12})\s*([a-z]*)(?:\/s)?$/.exec(word) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (amount === undefined || factor === undefined) throw new Failure('USAGE', `${JSON.stringify(text)} is no rate: say 500k, 2MB, pause or off`);
  return BigInt(amount) * factor;
}

function throttleText(bytes: bigint | null): string {
  if (bytes === null) return 'The source is read without a limit.';
  return bytes === 0n ? 'Nothing is read of the source; its change log grows meanwhile.' : `At most ${bytes} bytes a second are read of the source.`;
}

/** The slow layer: servers of this run's own, one case after the other. */
import { openBench } from '@causeway/testkit/causeway-command';
import { comparerMissing } from '@causeway/testkit/independent-compare';
import { withOwnServers } from '@causeway/testkit/own-servers';
import { drawCase } from '../capture/draw-case.ts';
import { runWhole } from './run-whole.ts';

export async function wholeWay({ runs, seed: first }: { runs: number; seed: number }, say: (line: string) => void, stopped: () => boolean): Promise<number> {
  const missing = await comparerMissing();
  if (missing !== undefined) say(`no comparison by an independent program: ${missing}`);
  const sums = { cases: 0, refused: 0, switched: 0, bad: 0, edits: 0, found: 0, targetWrites: 0, quarantined: 0 };
  let slowest = 0;
  await withOwnServers('fuzz-whole', async () => {
    for (let seed = first; seed < first + runs && !stopped(); seed++) {
      const drawn = drawCase(seed);
      if (drawn.ddl.length === 0) continue;
      const bench = await openBench('fuzz');
      const began = performance.now();
      const { refused, problems, done } = await runWhole(drawn, bench).finally(() => bench.close());
      sums.cases++;
      if (refused !== null) sums.refused++;
      if (done.switched) sums.switched++;
      if (problems.length > 0) sums.bad++;
      for (const what of ['edits', 'found', 'targetWrites', 'quarantined'] as const) sums[what] += done[what];
      slowest = Math.max(slowest, done.slowestFindMs);
      say(`${problems.length === 0 ? 'good' : 'BAD '}  seed ${seed}: ${refused ?? `${done.found} of ${done.edits} edits found, ${done.targetWrites} writes in PostgreSQL, ${done.quarantined} quarantined`}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
      for (const problem of problems) say(`      ${problem}`);
    }
  });
  say(`${sums.cases} cases, ${sums.refused} refused by name, ${sums.switched} there and back, ${sums.found} of ${sums.edits} edits found (slowest ${(slowest / 1000).toFixed(1)} s), ${sums.targetWrites} writes in PostgreSQL, ${sums.bad} not as they must be`);
  return sums.bad;
}

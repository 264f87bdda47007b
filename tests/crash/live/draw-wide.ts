/** Faults of the network, of disks and of clocks, drawn beside those of processes. */
import { seededRandom, type SeededRandom } from '@causeway/testkit/seeded-random';
import { drawPlan, type Fault, isSwitch, type Moment, type RunPlan, SERVICES } from './draw-plan.ts';

/** How long a network is silent or a disk full: shorter and longer than a beat may be old (5 s). */
const SPELLS = [2_000, 8_000] as const;

/**
 * One to three of these, and in every second run one of drawPlan's. `mounts`: this process may mount the file systems that
 * are filled.
 */
export function drawWide(seed: number, ownServers: boolean, mounts: boolean): RunPlan {
  const base = drawPlan(seed, ownServers);
  // A stream of its own: the plan of processes stays what its seed says.
  const random = seededRandom(seed + 1_000_003);
  const wide = Array.from({ length: random.pick([1, 2, 2, 3]) }, () => drawFault(random, base.moments, ownServers, mounts));
  // One environment carries the clock of one service.
  const clock = wide.find((fault) => fault.victim === 'clock');
  return { ...base, wide: true, faults: [...wide.filter((fault) => fault.victim !== 'clock' || fault === clock), ...(random.oneIn(2) ? base.faults.slice(0, 1) : [])] };
}

function drawFault(random: SeededRandom, moments: readonly Moment[], ownServers: boolean, mounts: boolean): Fault {
  const moment = random.pick(moments);
  const delayMs = random.integer(0, isSwitch(moment) ? 250 : 900);
  const kind = random.pick(['network', 'network', 'network', 'asked', 'clock', ...(mounts ? (['disk', 'disk'] as const) : [])] as const);
  switch (kind) {
    case 'network':
      return drawNetwork(random, moment, delayMs);
    case 'asked':
      return { victim: random.pick([...SERVICES, 'command'] as const), moment, delayMs, asked: true };
    case 'clock':
      return { victim: 'clock', moment: 'loading', delayMs: random.integer(0, 8_000), clock: { service: random.pick(SERVICES), shiftMs: random.pick([-3_600_000, 3_600_000]) } };
    default:
      return { victim: random.pick(['state disk', ...(ownServers ? (['postgres disk', 'broker disk'] as const) : [])] as const), moment, delayMs, stopMs: random.pick(SPELLS) };
  }
}

function drawNetwork(random: SeededRandom, moment: Moment, delayMs: number): Fault {
  const side = random.pick(['postgres', 'kafka'] as const);
  switch (random.pick(['cut', 'silent', 'half open'] as const)) {
    case 'cut':
      return { victim: `${side} cut`, moment, delayMs };
    case 'silent':
      return { victim: `${side} silent`, moment, delayMs, stopMs: random.pick(SPELLS) };
    default:
      return { victim: `${side} half open`, moment, delayMs };
  }
}

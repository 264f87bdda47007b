/** What happens in one run, drawn from its seed before it begins: the way it takes, and what is broken when. */
import { seededRandom, type SeededRandom } from '@causeway/testkit/seeded-random';

export type Moment = 'loading' | 'following' | 'cutover' | 'switched' | 'rollback' | 'returned' | 'second cutover' | 'switched again';

export const SERVICES = ['extractor', 'loader', 'validator'] as const;
/** `command`: migrate --live in the foreground; `switch`: the cutover or rollback command; `undo`: the same with --undo. */
export const KILLED = [...SERVICES, 'command', 'switch', 'undo', 'complete', 'application', 'broker', 'postgres'] as const;
export const LOST_ANSWERS = ['commit answer', 'produce answer'] as const;
/** A second process of the same kind beside the first; for a switch, the same command at the same time. */
export const DOUBLES = ['second extractor', 'second loader', 'second validator', 'second switch'] as const;
/** `backends`: pg_terminate_backend of every connection that causeway has. */
export const OTHERS = ['backends'] as const;
/** Connections end, nothing passes for a while, or what is connected never hears again and is not told. */
export const NETWORK = ['postgres cut', 'postgres silent', 'postgres half open', 'kafka cut', 'kafka silent', 'kafka half open'] as const;
/** Full for a while, then not. */
export const DISKS = ['postgres disk', 'broker disk', 'state disk'] as const;
export type Victim = (typeof KILLED)[number] | (typeof LOST_ANSWERS)[number] | (typeof DOUBLES)[number] | (typeof OTHERS)[number] | (typeof NETWORK)[number] | (typeof DISKS)[number] | 'clock';

export interface Fault {
  readonly victim: Victim;
  readonly moment: Moment;
  /** Where it is in the plan's moments, which may come more than once; undefined: whenever that moment comes. */
  readonly at?: number;
  /** After the moment's beginning; in a cutover or rollback after its decision. */
  readonly delayMs: number;
  /** The victim ends itself here, as by kill −9, instead of being killed at a time. */
  readonly failPoint?: string;
  /** Stopped (SIGSTOP), silent or full for so long and then let go on, instead of being killed. */
  readonly stopMs?: number;
  /** Asked to end (SIGTERM) instead of being killed. */
  readonly asked?: boolean;
  /** The wall clock of a service that jumps, after `delayMs` of its life. */
  readonly clock?: { readonly service: string; readonly shiftMs: number };
}

export interface RunPlan {
  readonly seed: number;
  readonly moments: readonly Moment[];
  readonly faults: readonly Fault[];
  /** Changes in a second that the application tries. */
  readonly rate: number;
  readonly ballast: number;
  /** A switch that was cut off is undone before it is tried again. */
  readonly undoes: boolean;
  /** What does not come right soon is given up: it is expected to go wrong. */
  readonly hasty?: boolean;
  /** Ends at the next quiet moment after so long. */
  readonly minutes?: number;
  /** Drawn by drawWide. */
  readonly wide?: boolean;
  /** Each fail point acts once, however often its process is started again. */
  readonly once?: boolean;
}

const WAYS: readonly (readonly Moment[])[] = [
  ['loading', 'following', 'cutover', 'switched'],
  ['loading', 'following', 'cutover', 'switched', 'rollback', 'returned'],
  ['loading', 'following', 'cutover', 'switched', 'rollback', 'returned', 'second cutover', 'switched again'],
];

export const CUTOVER_POINTS = ['arm', 'begin', 'prepare', 'fence', 'fence_end', 'drain', 'verify', 'sequences', 'open', 'switch'];
export const ROLLBACK_POINTS = ['begin', 'prepare', 'close', 'drain', 'verify', 'sequences', 'decide', 'lift', 'switch'];
export const SERVICE_POINTS: Readonly<Record<string, readonly string[]>> = {
  extractor: ['extractor.follow_after_read', 'extractor.follow_after_ack', 'extractor.back_after_read', 'extractor.back_after_ack', 'extractor.back_after_delete', 'extractor.back_after_marker'],
  loader: ['loader.after_fetch', 'loader.after_stage', 'loader.mid_copy', 'loader.before_commit', 'loader.after_commit', 'loader.after_claim', 'loader.before_loaded', 'loader.before_objects', 'loader.after_objects', 'loader.before_following', 'loader.back_before_commit', 'loader.back_after_commit'],
};

/** Of what is undone after its switch was cut off. */
export const UNDO_POINTS = { cutover: ['undo', 'lift'], rollback: ['undo'] } as const;

/** What is waited for has no end of its own. */
export function stepPoint(direction: string, step: string, when: 'before' | 'after'): string {
  return `${direction}.${step}.${step === 'drain' || step === 'verify' ? 'before' : when}`;
}

export const isSwitch = (moment: Moment): moment is 'cutover' | 'rollback' | 'second cutover' => moment === 'cutover' || moment === 'rollback' || moment === 'second cutover';

/** `ownServers`: broker and PostgreSQL belong to this suite, and may be killed. */
export function drawPlan(seed: number, ownServers: boolean): RunPlan {
  const random = seededRandom(seed);
  const moments = random.pick(WAYS);
  const count = random.pick([1, 1, 2, 3]);
  const faults = Array.from({ length: count }, () => drawFault(random, moments, ownServers));
  // One environment carries the fail points of all services: it is set when they start.
  return { seed, moments, faults, rate: random.pick([100, 300, 600]), ballast: random.pick([300, 3_000, 20_000]), undoes: random.oneIn(4), once: random.oneIn(2) };
}

function drawFault(random: SeededRandom, moments: readonly Moment[], ownServers: boolean): Fault {
  const moment = random.pick(moments);
  const most = isSwitch(moment) ? 250 : 900;
  const victims: Victim[] = [...SERVICES, 'command', 'application', ...LOST_ANSWERS, ...OTHERS, 'second extractor', 'second loader', 'second validator', ...(ownServers ? (['broker', 'postgres'] as const) : []), ...(isSwitch(moment) ? (['switch', 'switch', 'switch', 'second switch'] as const) : [])];
  const victim = random.pick(victims);
  const fault: Fault = { victim, moment, delayMs: random.integer(0, most) };
  if (victim === 'switch' && !random.oneIn(3)) {
    const [direction, points] = moment === 'rollback' ? ['rollback', ROLLBACK_POINTS] : ['cutover', moment === 'cutover' ? CUTOVER_POINTS : CUTOVER_POINTS.slice(1)];
    return { ...fault, failPoint: `${stepPoint(direction as string, random.pick(points as string[]), random.pick(['before', 'after']))}:exit9` };
  }
  // Longer than a beat may be old (5 s), and now and then than that: what was thought dead comes back.
  const stoppable = victim === 'extractor' || victim === 'loader' || victim === 'validator' || (victim === 'switch' && fault.failPoint === undefined);
  if (stoppable && random.oneIn(4)) return { ...fault, stopMs: random.pick([1_500, 7_000]) };
  const points = SERVICE_POINTS[victim];
  if (points !== undefined && random.oneIn(3)) return { ...fault, moment: 'loading', failPoint: `${random.pick(points)}:exit9@${random.integer(1, 40)}` };
  return fault;
}

/** Back and forth for so long, with something broken in every moment. */
export function drawSoak(seed: number, minutes: number, ownServers: boolean): RunPlan {
  const random = seededRandom(seed);
  const round: readonly Moment[] = ['cutover', 'switched', 'rollback', 'returned'];
  // More rounds than the time allows, however fast the machine is.
  const moments: readonly Moment[] = ['loading', 'following', ...Array.from({ length: Math.ceil(minutes * 10) }, () => round).flat()];
  const faults = moments.flatMap((moment, at) => Array.from({ length: random.integer(1, 2) }, () => ({ ...drawFault(random, [moment], ownServers), at })).filter((fault) => fault.failPoint === undefined || fault.victim === 'switch'));
  return { seed, moments, faults, rate: 300, ballast: 20_000, undoes: false, minutes, once: true };
}

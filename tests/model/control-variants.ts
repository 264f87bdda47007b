/** The control model within its bounds, and with each of its rules left out. */
import { control, type ControlBounds } from './control.ts';
import { deep, type Variant, whole, without } from './variant.ts';

const ONE: ControlBounds = { controllers: 2, writes: 1, cutovers: 1, rollbacks: 0, undos: 0 };

export const CONTROL: readonly Variant[] = [
  whole('two controllers: two cutovers, an undo, a rollback', 50_000, () => control({ controllers: 2, writes: 2, cutovers: 2, rollbacks: 1, undos: 1 })),
  whole('one controller: two cutovers, an undo, two rollbacks, a write that passes the fence', 20_000, () => control({ controllers: 1, writes: 2, cutovers: 2, rollbacks: 2, undos: 1, accidents: 1 })),
  deep('one controller: three cutovers, two undos, two rollbacks, a write that passes the fence', 500_000, () => control({ controllers: 1, writes: 3, cutovers: 3, rollbacks: 2, undos: 2, accidents: 1 })),
  deep('two controllers: three cutovers, two undos, two rollbacks', 500_000, () => control({ controllers: 2, writes: 2, cutovers: 3, rollbacks: 2, undos: 2 })),
  without([17], 'the fence is committed with synchronous=NORMAL', () => control({ ...ONE, controllers: 1, accidents: 1 }, { fenceNotSynced: true })),
  without([17], 'the decision is committed with synchronous_commit=off', () => control({ ...ONE, cutovers: 1, undos: 1, accidents: 1 }, { decisionNotSynced: true })),
  without([18], 'PostgreSQL is opened without compare-and-set of phase and attempt', () => control({ ...ONE, undos: 1 }, { noCompare: true })),
  without([19], 'the fence is lifted whoever’s it is', () => control({ ...ONE, cutovers: 2, undos: 1 }, { liftAny: true })),
  without([19], 'the fence of an attempt that is over is raised', () => control({ ...ONE, undos: 1 }, { raiseAny: true })),
  without([20], 'SQLite is read first, PostgreSQL second', () => control({ ...ONE, cutovers: 2, undos: 1 }, { sourceFirst: true })),
  without([20], 'a fence newer than the attempt is taken for a leftover', () => control({ ...ONE, cutovers: 2, undos: 1 }, { liftNewer: true })),
  without([21], '“switched” is decided first, PostgreSQL opened later', () => control({ ...ONE, rollbacks: 1 }, { openLater: true })),
  without([21], 'the fence is lifted first, the decision recorded later', () => control({ ...ONE, undos: 1 }, { liftFirst: true })),
  // With the comparison under the fence both of these hold: it is a second net under the marker.
  whole('a drain marker of any attempt counts, and what it hides is compared', 10_000, () => control({ ...ONE, writes: 2, cutovers: 2, undos: 1 }, { markerWithoutAttempt: true })),
  without([22, 25], 'a drain marker of any attempt counts', () => control({ ...ONE, writes: 2, cutovers: 2, undos: 1 }, { markerWithoutAttempt: true, believeFence: true })),
  without([22, 25], 'a marker of any attempt counts on the way back', () => control({ ...ONE, controllers: 1, writes: 2, rollbacks: 2, undos: 1 }, { markerWithoutAttempt: true, believeFence: true })),
  without([23], 'the way back is armed after the opening', () => control(ONE, { armLate: true })),
  without([23], 'the sequences are set after the opening', () => control(ONE, { sequencesLate: true })),
  without([25], 'nothing is compared under the fence', () => control({ ...ONE, writes: 2, accidents: 1 }, { believeFence: true })),
  without([27], 'the sink writes without a fence', () => control({ ...ONE, controllers: 1, writes: 3, rollbacks: 1 }, { sink: 'unfenced' })),
  without([27], 'the sink writes under any fence', () => control({ ...ONE, controllers: 1, writes: 3, cutovers: 2, rollbacks: 1 }, { sink: 'any fence' })),
];

import { cutoverGates, DEFAULT_LIMITS, type GateFacts, rollbackGates } from './gates.ts';

const READY: GateFacts = { lagChanges: 3, catchingUp: false, passes: 1, unverified: 0, openDivergences: 0, quarantined: 0, backBeat: 2n, attempt: 2n, servicesDown: [], backProblems: [], backQueued: 0, backUnverified: 0 };
const red = (facts: Partial<GateFacts>, limits = DEFAULT_LIMITS): string[] => cutoverGates({ ...READY, ...facts }, limits).filter((g) => !g.green).map((g) => g.name);
const redBack = (facts: Partial<GateFacts>): string[] => rollbackGates({ ...READY, ...facts }).filter((g) => !g.green).map((g) => g.name);

// Invariant: I62
describe('gates', () => {
  test('are green when everything is ready, and then name no remedy', () => {
    expect([red({}), redBack({})]).toEqual([[], []]);
    expect(cutoverGates(READY).every((g) => g.remedy === '')).toBe(true);
  });

  test.each([
    [{ servicesDown: ['loader'] }, 'services'],
    [{ catchingUp: true }, 'catching_up'],
    [{ lagChanges: 10_001 }, 'lag'],
    [{ passes: 0 }, 'first_pass'],
    [{ unverified: 50_001 }, 'unverified'],
    [{ openDivergences: 1 }, 'divergences'],
    [{ quarantined: 1 }, 'quarantine'],
    [{ backBeat: 1n }, 'way_back'],
    [{ backBeat: null }, 'way_back'],
  ] satisfies [Partial<GateFacts>, string][])('%j makes only %s red, and says what to do', (facts, name) => {
    expect(red(facts)).toEqual([name]);
    expect(cutoverGates({ ...READY, ...facts }).filter((g) => !g.green).every((g) => g.remedy !== '')).toBe(true);
  });

  test('what is unknown is never green', () => {
    expect(red({ lagChanges: null, passes: null, unverified: null })).toEqual(['lag', 'first_pass', 'unverified']);
    expect(redBack({ backQueued: null, backUnverified: 0 })).toEqual(['back_lag']);
  });

  test('a quarantine may be accepted; a problem of the way back may not', () => {
    expect(red({ quarantined: 5 }, { ...DEFAULT_LIMITS, acceptQuarantine: true })).toEqual([]);
    expect(redBack({ backProblems: ['table note: truncated'] })).toEqual(['back_problems']);
  });
});

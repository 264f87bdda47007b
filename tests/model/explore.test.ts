/** The explorer itself: finds the shortest trace, tells a dead end, and visits each state once. */
import { expect, test } from '@jest/globals';
import { explore, type Model } from './explore.ts';

interface Jugs {
  readonly five: number;
  readonly three: number;
}

/** Two jugs of five and three litres: four litres take six steps. */
const jugs: Model<Jugs> = {
  start: { five: 0, three: 0 },
  *steps({ five, three }) {
    yield { label: 'fill five', to: { five: 5, three } };
    yield { label: 'fill three', to: { five, three: 3 } };
    yield { label: 'empty five', to: { five: 0, three } };
    yield { label: 'empty three', to: { five, three: 0 } };
    const over = Math.min(five, 3 - three);
    yield { label: 'five into three', to: { five: five - over, three: three + over } };
    const back = Math.min(three, 5 - five);
    yield { label: 'three into five', to: { five: five + back, three: three - back } };
  },
};

test('every state is visited once', () => {
  expect(explore(jugs)).toMatchObject({ states: 16, violation: null, complete: true });
});

test('the first violation has a shortest trace', () => {
  const found = explore({ ...jugs, wrong: ({ five }) => (five === 4 ? 'four litres' : null) });
  expect(found.violation).toEqual({ what: 'four litres', trace: ['fill five', 'five into three', 'empty three', 'five into three', 'fill five', 'five into three'] });
});

test('a step can be the violation, and so can a dead end', () => {
  const line = (violation?: string): Model<{ readonly n: number }> => ({
    start: { n: 0 },
    *steps({ n }) {
      if (n < 3) yield { label: `to ${n + 1}`, to: { n: n + 1 }, ...(violation !== undefined && n === 2 ? { violation } : {}) };
    },
    wrongAtEnd: ({ n }) => `ends at ${n}`,
  });
  expect(explore(line('over')).violation).toEqual({ what: 'over', trace: ['to 1', 'to 2', 'to 3'] });
  expect(explore(line()).violation).toEqual({ what: 'ends at 3', trace: ['to 1', 'to 2', 'to 3'] });
});

test('a space that is too large is not called explored', () => {
  const endless: Model<{ readonly n: number }> = {
    start: { n: 0 },
    *steps({ n }) {
      yield { label: 'on', to: { n: n + 1 } };
    },
  };
  expect(explore(endless, 100)).toMatchObject({ violation: null, complete: false });
});

/** Intervals as PostgreSQL prints them in IntervalStyle iso_8601. */
import { expect, test } from '@jest/globals';
import { intervalMicros } from './interval-micros.ts';

test.each([
  ['PT0S', 0n],
  ['PT76H5M6.789S', 273_906_789_000n],
  ['PT-26H-3M-4.000005S', -93_784_000_005n],
  ['PT-0.5S', -500_000n],
])('%s', (text, micros) => expect(intervalMicros(text)).toBe(micros));

test.each(['P1Y', 'P2M', 'P1Y2M3D', 'P1D', 'P-1DT1S'])('%s has no microseconds', (text) => expect(intervalMicros(text)).toBeNull());

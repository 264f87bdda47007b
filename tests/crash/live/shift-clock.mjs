// Loaded into every process of a run (NODE_OPTIONS): the wall clock of one service jumps, once, some time after its start.
import { appendFileSync } from 'node:fs';

const { CRASH_CLOCK = '', FAILPOINT_TRACE } = process.env;
const [service, shiftMs, afterMs] = CRASH_CLOCK.split(':');
if (process.argv[1]?.includes(`services/${service}/dist/main.js`)) {
  const Real = Date;
  let offset = 0;
  globalThis.Date = class extends Real {
    constructor(...parts) {
      if (parts.length === 0) super(Real.now() + offset);
      else super(...parts);
    }
    static now() {
      return Real.now() + offset;
    }
    static [Symbol.hasInstance](value) {
      return value instanceof Real;
    }
  };
  setTimeout(() => {
    offset = Number(shiftMs);
    appendFileSync(FAILPOINT_TRACE, '!clock\n');
  }, Number(afterMs)).unref();
}

/** Reads slices of a table, in the fastest mode that every value of the slice is sure in. */
import { meetKey, type QuarantinedKeys, takeBack } from '../../align/quarantined-keys.ts';
import type { Slice } from '../../align/slice.ts';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { CANONICAL, DOUBTFUL_NUMBER, type ReadMode } from './cell-reader.ts';
import type { TextDecoding } from './exact-text.ts';
import { releaseHuge } from './release-huge.ts';
import { rowPages } from './row-pages.ts';
import { type RawRow, RowReading } from './row-reading.ts';
import type { ScanTask } from './scan-task.ts';

export interface SourceScan {
  readonly db: SourceDatabase;
  readonly decode: TextDecoding;
  readonly contract: TableContract;
  readonly quarantine: QuarantinedKeys | null;
  /** Rows are described or looked up by their storage classes. */
  readonly leastMode: ReadMode;
  /** True when the reading shall stop. */
  stopped(): boolean;
  /** Rows read since the last call. */
  progress(rows: number): void;
}

/** Rows between two looks at `stopped`, and between two reports. */
const STRIDE = 8_192;

type Outcome = 'done' | 'stopped' | ReadMode;

export class SourceScanner {
  private readonly scan: SourceScan;
  private mode: ReadMode;
  private readonly readings = new Map<ReadMode, RowReading>();

  constructor(scan: SourceScan) {
    this.scan = scan;
    this.mode = scan.quarantine !== null && scan.leastMode === 'plain' ? 'classes' : scan.leastMode;
  }

  /** False where it was stopped. */
  read(slice: Slice, task: ScanTask<unknown>): boolean {
    let mode = this.mode;
    for (;;) {
      const outcome = this.attempt(slice, task, mode);
      if (outcome === 'stopped') return false;
      if (outcome === 'done') {
        task.keep();
        return true;
      }
      mode = outcome;
      // Large integers seldom come alone; U+FFFD does.
      if (mode === 'classes') this.mode = mode;
    }
  }

  private reading(mode: ReadMode): RowReading {
    let reading = this.readings.get(mode);
    if (reading === undefined) {
      reading = new RowReading(this.scan.contract, mode, this.scan.decode);
      this.readings.set(mode, reading);
    }
    return reading;
  }

  /** `done`, `stopped`, or the mode that the slice must be read in instead. */
  private attempt(slice: Slice, task: ScanTask<unknown>, mode: ReadMode): Outcome {
    const { db, contract, quarantine } = this.scan;
    const met: number[] = [];
    task.begin();
    let outcome: Outcome = 'done';
    for (const page of rowPages(db, contract, mode, slice)) {
      outcome = this.rows(page, task, mode, met);
      if (outcome !== 'done') break;
    }
    if (outcome !== 'done' && quarantine !== null) for (const index of met) takeBack(quarantine, index);
    return outcome;
  }

  private rows(rows: Iterable<RawRow>, task: ScanTask<unknown>, mode: ReadMode, met: number[]): Outcome {
    const { quarantine } = this.scan;
    const reading = this.reading(mode);
    let count = 0;
    for (const cells of rows) {
      if (++count === STRIDE) {
        if (this.scan.stopped()) return 'stopped';
        this.scan.progress(count);
        count = 0;
      }
      if (mode === 'exact') reading.decodeText(cells);
      if (quarantine !== null) {
        const hash = reading.quarantineHash(cells);
        if (hash === null) return 'exact';
        const index = meetKey(quarantine, hash);
        if (index >= 0) {
          met.push(index);
          task.quarantined();
          continue;
        }
      }
      const verdict = reading.read(cells);
      if (verdict === CANONICAL) {
        reading.row.finish();
        task.row(reading, cells);
      } else if (mode === 'exact') task.uncanonical(reading, cells);
      else return verdict === DOUBTFUL_NUMBER ? 'classes' : 'exact';
      releaseHuge(cells);
    }
    this.scan.progress(count);
    return 'done';
  }
}

/**
 * Services that somebody else runs, in containers for example. Nothing is started or stopped here: the control record
 * tells how far they are. What a service fails with stands in its own log, so waiting ends only by success or a signal.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { atLeast, type Phase, readMigration } from '@causeway/control/record/migration-record';
import type pg from 'pg';
import type { ServiceUsage } from './run-services.ts';
import { readVerification } from './stored-verification.ts';

const POLL_MS = 250;

export interface ExternalServicesInput {
  readonly pool: pg.Pool;
  readonly migration: string;
  readonly signal: AbortSignal;
}

export class ExternalServices {
  /** Memory of processes elsewhere is not known here. */
  readonly usage: readonly ServiceUsage[] = [];
  private readonly input: ExternalServicesInput;

  constructor(input: ExternalServicesInput) {
    this.input = input;
  }

  /** Only the validator's end is waited for: it is the verification of the present generation in the record. */
  start(_name: 'extractor' | 'loader' | 'validator', _extra: Readonly<Record<string, string>> = {}): { readonly done: Promise<void> } {
    return { done: this.until(async (pool) => (await readVerification(pool, await readMigration(pool, this.input.migration))) !== null) };
  }

  untilPhase(pool: pg.Pool, phase: Phase, _signal: AbortSignal): Promise<void> {
    return this.until(async () => atLeast((await readMigration(pool, this.input.migration)).phase, phase));
  }

  async stopAll(): Promise<void> {}

  async end(): Promise<void> {}

  private async until(reached: (pool: pg.Pool) => Promise<boolean>): Promise<void> {
    for (;;) {
      this.input.signal.throwIfAborted();
      if (await reached(this.input.pool)) return;
      await sleep(POLL_MS, undefined, { signal: this.input.signal });
    }
  }
}

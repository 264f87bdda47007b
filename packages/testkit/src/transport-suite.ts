/**
 * The contract of `@causeway/runtime/transport/port`, as tests that every implementation runs. What belongs to one
 * implementation alone (an unreachable broker, a damaged file) stands beside that implementation.
 */
import { describe } from '@jest/globals';
import type { TransportConfig } from '@causeway/runtime/transport/transport-config';
import { assignmentCases } from './transport-cases/assignment-cases.ts';
import { crashCases } from './transport-cases/crash-cases.ts';
import { deliveryCases } from './transport-cases/delivery-cases.ts';
import { gapCases } from './transport-cases/gap-cases.ts';
import { topicCases } from './transport-cases/topic-cases.ts';

export interface TransportFixture {
  readonly name: string;
  /** Asked after the suite's own setup, so that a server may be started first. */
  config(): TransportConfig;
  /** After this long a silent consumer must have been replaced. */
  readonly takeoverMs: number;
}

export function transportSuite(fixture: TransportFixture): void {
  describe(`transport: ${fixture.name}`, () => {
    describe('topics', () => topicCases(fixture));
    describe('delivery', () => deliveryCases(fixture));
    describe('assignment', () => assignmentCases(fixture));
    describe('gaps', () => gapCases(fixture));
    describe('crashes', () => crashCases(fixture));
  });
}

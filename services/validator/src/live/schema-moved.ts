/**
 * The application has changed its schema while it is followed. What was read by the old contracts is not compared any
 * more; the checks begin again by the contracts that the target then has.
 */
export class ContractsMoved extends Error {
  constructor() {
    super('the contracts of the target have moved on');
  }
}

/** In the beat, as long as it is so. */
export const SCHEMA_MOVED = 'the application has changed its schema, and it is not taken over yet';

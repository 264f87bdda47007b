/** The target's tables have other contracts than the ones that this work was begun with: it is begun again by the new ones. */
export class ContractsMoved extends Error {
  constructor() {
    super('the contracts of the target have moved on');
  }
}

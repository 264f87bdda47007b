/** Thrown inside the translator only; the public functions turn it into `needs_decision`. */
export class Untranslatable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Untranslatable';
  }
}

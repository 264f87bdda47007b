/**
 * A variant of a model: with all rules of the protocol, which must hold in every state, or with one left out, which must
 * break. A rule whose absence no variant notices would be one that the model does not know.
 */
import { type Exploration, explore, type Model } from './explore.ts';

export interface Variant {
  readonly name: string;
  /** Rules of the protocol that are left out; null: the protocol as it is. */
  readonly without: readonly number[] | null;
  /** Fewer states than this mean that the model does not do what it seems to. */
  readonly atLeast: number;
  /** Too large for every merge: `npm run model -- --deep`. */
  readonly deep: boolean;
  readonly explore: () => Exploration;
}

/** The protocol as it is, within these bounds. */
export function whole<State extends object>(name: string, atLeast: number, model: () => Model<State>): Variant {
  return { name, without: null, atLeast, deep: false, explore: () => explore(model()) };
}

/** The same, larger. */
export function deep<State extends object>(name: string, atLeast: number, model: () => Model<State>): Variant {
  return { ...whole(name, atLeast, model), deep: true };
}

/** What is left out must show early: without the rule that ends it, a space may have no end. */
const MOST_WITHOUT = 500_000;

/** The protocol with rules left out: a violation must be found. */
export function without<State extends object>(rules: readonly number[], name: string, model: () => Model<State>): Variant {
  return { name, without: rules, atLeast: 1, deep: false, explore: () => explore(model(), MOST_WITHOUT) };
}

/** Rules left out, in words. */
export function rulesOf({ without }: Variant): string {
  return without === null ? 'all rules' : `without ${without.length === 0 ? 'what the rules take for granted' : `rule ${without.join(', ')}`}`;
}

/** One line for the reader of a log. */
export function told(variant: Variant, { states, seconds, violation, complete }: Exploration): string {
  const found = violation === null ? (complete ? 'holds' : 'NOT WHOLLY EXPLORED') : `broken in ${violation.trace.length} steps: ${violation.what}`;
  return `${variant.name} (${rulesOf(variant)}): ${found}; ${states} states, ${seconds.toFixed(1)} s`;
}

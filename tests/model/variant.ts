/**
 * A variant of a model: with all rules of the protocol, which must hold in every state, or with one left out, which must
 * break. A rule whose absence no variant notices would be one that the model does not know.
 */
import { type Exploration, explore, type Model } from './explore.ts';

export interface Variant {
  readonly name: string;
  /** Rules of the protocol that are left out; none: the protocol as it is. */
  readonly without: readonly number[];
  /** Rules that it takes to pass, beside those of other variants; for the table in docs/model.md. */
  readonly holds: readonly number[];
  /** Fewer states than this mean that the model does not do what it seems to. */
  readonly atLeast: number;
  /** Too large for every merge: `npm run model -- --deep`. */
  readonly deep: boolean;
  readonly explore: () => Exploration;
}

export interface Whole {
  readonly holds: readonly number[];
  readonly atLeast: number;
  readonly deep?: boolean;
}

/** The protocol as it is, within these bounds. */
export function whole<State extends object>(name: string, { holds, atLeast, deep = false }: Whole, model: () => Model<State>): Variant {
  return { name, without: [], holds, atLeast, deep, explore: () => explore(model()) };
}

/** The protocol with rules left out: a violation must be found. */
export function without<State extends object>(rules: readonly number[], name: string, model: () => Model<State>): Variant {
  return { name, without: rules, holds: [], atLeast: 1, deep: false, explore: () => explore(model()) };
}

/** One line for the reader of a log. */
export function told(variant: Variant, { states, seconds, violation, complete }: Exploration): string {
  const found = violation === null ? (complete ? 'holds' : 'NOT WHOLLY EXPLORED') : `broken in ${violation.trace.length} steps: ${violation.what}`;
  const left = variant.without.length === 0 ? 'all rules' : `without ${variant.without.join(', ')}`;
  return `${variant.name} (${left}): ${found}; ${states} states, ${seconds.toFixed(1)} s`;
}

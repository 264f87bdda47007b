/** How faithful a translation is. `exact`: the same result on every row; the other two say in notes what differs or what is missing. */
export type Fidelity = 'exact' | 'approximated' | 'needs_decision';

export interface Translation {
  readonly fidelity: Fidelity;
  /** PostgreSQL text; null exactly where the fidelity is `needs_decision`. */
  readonly sql: string | null;
  /** One sentence each, for the plan file and the report. */
  readonly notes: readonly string[];
}

const ORDER: readonly Fidelity[] = ['exact', 'approximated', 'needs_decision'];

/** A whole is as faithful as its worst part. */
export function worstFidelity(parts: readonly Fidelity[]): Fidelity {
  return ORDER[Math.max(0, ...parts.map((p) => ORDER.indexOf(p)))] as Fidelity;
}

export function needsDecision(note: string): Translation {
  return { fidelity: 'needs_decision', sql: null, notes: [note] };
}

/** One line of `causeway doctor`. */
export type Verdict = 'ok' | 'warn' | 'missing';

export interface DoctorCheck {
  readonly name: string;
  /** What was found, with its version; empty where there is nothing. */
  readonly found: string;
  readonly verdict: Verdict;
  /** What causeway uses it for. */
  readonly usedFor: string;
  /** True: without it the commands do not run as they were asked for. */
  readonly required: boolean;
  /** The command that mends it on this machine, or what to do. */
  readonly remedy?: string;
}

export interface DoctorResult {
  readonly checks: readonly DoctorCheck[];
  /** Where Kafka and PostgreSQL would come from, each with its reason. */
  readonly transport: string;
  readonly postgres: string;
  /** No required check is missing. */
  readonly ready: boolean;
}

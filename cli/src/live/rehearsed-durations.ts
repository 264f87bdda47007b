/** How long each step took in the newest rehearsal of this source: what a dry run expects of a step that was never done in earnest. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'rehearsal.json';

interface Rehearsed {
  readonly switches: readonly { readonly steps: readonly { readonly step: string; readonly state: string; readonly ms: number }[] }[];
}

/** `folder`: the migration's own in the state folder. */
export function keepRehearsal(folder: string, report: Rehearsed): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, FILE), `${JSON.stringify(report)}\n`, { mode: 0o600 });
}

/** Milliseconds by step, the longest of those that were done; empty without a rehearsal, or where its file is no such thing. */
export function rehearsedDurations(folder: string): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  if (!existsSync(join(folder, FILE))) return longest;
  try {
    const { switches } = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as Rehearsed;
    for (const { step, state, ms } of switches.flatMap((s) => s.steps)) if (state === 'done' && ms >= 0) longest.set(step, Math.max(ms, longest.get(step) ?? 0));
  } catch {
    return new Map();
  }
  return longest;
}

/** Chooses a column's type from its candidates and its profile, and says why. Pure. */
import { type LogicalType, postgresTypeName } from '@causeway/contracts/logical-type';
import type { SourceForm } from '@causeway/contracts/table-contract';
import type { Candidate } from './column-candidates.ts';
import type { ColumnProfile } from './profile-table.ts';

export interface ColumnDecision {
  readonly type: LogicalType;
  readonly form: SourceForm;
  readonly evidence: string;
  /** Values seen that this type cannot hold: their rows will go to the quarantine. */
  readonly misfits: number;
}

/** Up to this share of misfits they are taken for errors in the data, and the declared type is kept. */
const ERROR_SHARE = 0.01;

export function decideColumn(profile: ColumnProfile, complete: boolean): ColumnDecision {
  const { classes } = profile;
  const present = classes.integer + classes.real + classes.text + classes.blob;
  const seen = `${histogram(profile)}${complete ? '' : ' in a sample'}`;
  const usable = profile.candidates.map((candidate, i) => ({ candidate, misfits: profile.misfits[i] as number })).filter((u) => present > 0 || !u.candidate.needsEvidence);
  const exact = usable.find((u) => u.misfits === 0);
  if (exact !== undefined) return decision(exact.candidate, 0, seen);
  const firm = usable.filter((u) => !u.candidate.needsEvidence);
  const nearest = firm.toSorted((a, b) => a.misfits - b.misfits)[0];
  if (nearest !== undefined && nearest.misfits <= present * ERROR_SHARE) return decision(nearest.candidate, nearest.misfits, seen);
  return fromData(profile, seen);
}

function decision(candidate: Candidate, misfits: number, seen: string): ColumnDecision {
  const refused = misfits === 0 ? '' : `; ${misfits} value(s) do not fit ${postgresTypeName(candidate.type)}: their rows go to the quarantine`;
  return { type: candidate.type, form: candidate.form, misfits, evidence: `${candidate.reason}; ${seen}${refused}` };
}

/** The narrowest type that holds what is there, whatever was declared. */
function fromData(profile: ColumnProfile, seen: string): ColumnDecision {
  const { integer, real, text, blob } = profile.classes;
  const numbers = integer + real;
  const widened = (type: LogicalType, form: SourceForm, why: string, misfits = 0): ColumnDecision => ({
    type,
    form,
    misfits,
    evidence: `${why}; ${seen}${misfits > 0 ? `; ${misfits} row(s) go to the quarantine` : ''}`,
  });
  if (numbers + text + blob === 0) return widened({ kind: 'text' }, 'any', 'no values, no declared type that says more');
  if (text + blob === 0) {
    if (real === 0) return widened({ kind: 'int8' }, 'plain', 'every value is an integer');
    if (profile.wideIntegers > 0 && profile.notFinite === 0) return widened({ kind: 'numeric' }, 'plain', 'reals beside integers beyond 2^53');
    return widened({ kind: 'float8' }, 'plain', integer > 0 ? 'integers and reals' : 'every value is a real', 0);
  }
  if (numbers === 0) return blob === 0 ? widened({ kind: 'text' }, 'plain', 'every value is text') : widened({ kind: 'bytea' }, 'any', text > 0 ? 'text and blobs: text as its UTF-8 bytes' : 'every value is a blob');
  if (blob <= numbers + text) return widened({ kind: 'text' }, 'any', 'numbers and text: numbers are printed', blob);
  return widened({ kind: 'bytea' }, 'any', 'mostly blobs', numbers);
}

function histogram(profile: ColumnProfile): string {
  const parts = Object.entries(profile.classes).filter(([, n]) => n > 0).map(([name, n]) => `${n} ${name}`);
  return parts.length === 0 ? 'no rows' : parts.join(', ');
}

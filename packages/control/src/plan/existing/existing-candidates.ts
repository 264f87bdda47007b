/** The forms in which a source column may be read into a type that the application has already chosen. */
import { decimalFifteen } from '@causeway/contracts/conversion/decimal-fifteen';
import type { LogicalType } from '@causeway/contracts/logical-type';
import type { SourceForm } from '@causeway/contracts/table-contract';
import { type Candidate, isPlausibleMoment } from '../column-candidates.ts';
import { type ReadValue, valueFits } from '../value-fit.ts';

/** The form of the plan file, where there is one, goes first: it may say what the values alone cannot. */
export function existingCandidates(type: LogicalType, given: SourceForm | undefined): Candidate[] {
  const forms = formsOf(type).map((form) => (form === 'decimal15' ? noiseOnly(type, candidate(type, form, false)) : candidate(type, form, isEpoch(form))));
  return given === undefined || given === 'plain' ? forms : [candidate(type, given, false), ...forms];
}

function formsOf(type: LogicalType): readonly SourceForm[] {
  switch (type.kind) {
    case 'text':
    case 'bytea':
      return ['plain', 'any'];
    case 'timestamp':
    case 'timestamptz':
      return ['plain', 'epoch_s', 'epoch_ms', 'epoch_us'];
    case 'date':
      return ['plain', 'epoch_s'];
    case 'numeric':
      return ['plain', 'decimal15'];
    default:
      return ['plain'];
  }
}

/** Any integer is a moment in every unit: only the years tell which unit was meant. */
function candidate(type: LogicalType, form: SourceForm, byYears: boolean): Candidate {
  const fits = (value: Exclude<ReadValue, null>): boolean => valueFits(value, type, form) && (!byYears || (typeof value === 'bigint' && isPlausibleMoment(value, form)));
  return { type, form, reason: `type of the existing table${form === 'plain' ? '' : `, read as ${form}`}`, needsEvidence: byYears, fits };
}

/**
 * By itself this form only takes away what arithmetic in doubles has left behind the 15th digit. Digits that SQLite has kept
 * are rounded to the column's scale only where the plan says so.
 */
function noiseOnly(type: LogicalType, form: Candidate): Candidate {
  const scale = type.kind === 'numeric' ? (type.scale ?? Number.POSITIVE_INFINITY) : 0;
  const kept = (value: number | bigint): number => (decimalFifteen(value, undefined) ?? '').replace(/0+$/, '').split('.')[1]?.length ?? 0;
  return { ...form, fits: (value) => form.fits(value) && (typeof value === 'number' || typeof value === 'bigint') && kept(value) <= scale };
}

const isEpoch = (form: SourceForm): boolean => form.startsWith('epoch_');

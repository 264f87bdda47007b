/** Dates of the sample company: it opened on 2 January 2021, and nothing in it depends on today. */
import type { SeededRandom } from './seeded-random.ts';

const OPENED = Date.UTC(2021, 0, 2);
const DAY = 86_400_000;

/** Days on which the company has been open so far. */
export const OPEN_DAYS = 1_600;

/** `2021-01-02` for day 0. */
export function dayText(day: number): string {
  return new Date(OPENED + day * DAY).toISOString().slice(0, 10);
}

/** As Django writes it into SQLite: microseconds, and no fraction at all when it is zero. */
export function momentText(day: number, random: SeededRandom): string {
  const second = random.integer(0, 86_399);
  const text = new Date(OPENED + day * DAY + second * 1_000).toISOString();
  const micros = random.oneIn(40) ? 0 : random.integer(1, 999_999);
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`}`;
}

/** `HH:MM:SS`. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`;
}

/** Milliseconds since 1970. */
export function epochMillis(day: number, random: SeededRandom): number {
  return OPENED + day * DAY + random.integer(0, DAY - 1);
}

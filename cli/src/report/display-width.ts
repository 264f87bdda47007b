/** Columns that a text takes on a terminal: two for a wide character, none for a combining one. */
import stringWidth from 'string-width';

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

export function displayWidth(text: string): number {
  return stringWidth(text);
}

/** At most `columns` wide; both ends of a long name are kept, because prefixes are shared and suffixes are numbers. */
export function middleShortened(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return '';
  const graphemes = Array.from(GRAPHEMES.segment(text.slice(0, LONGEST_EXAMINED)), (part) => part.segment);
  const ending = Array.from(GRAPHEMES.segment(text.slice(-LONGEST_EXAMINED)), (part) => part.segment).reverse();
  const head = Math.ceil((columns - 1) / 2);
  const start = fitting(graphemes, head);
  return `${start.join('')}…${fitting(ending, columns - 1 - head).reverse().join('')}`;
}

/** A name may have a million characters; no terminal is wider than this. */
const LONGEST_EXAMINED = 4096;

function fitting(graphemes: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let width = 0;
  for (const grapheme of graphemes) {
    width += displayWidth(grapheme);
    if (width > columns) break;
    taken.push(grapheme);
  }
  return taken;
}

/** Filled with blanks on the right to exactly `columns`, shortened where it is too long. */
export function padded(text: string, columns: number): string {
  const fit = middleShortened(text, columns);
  return fit + ' '.repeat(Math.max(0, columns - displayWidth(fit)));
}

/** As `padded`, with the blanks on the left. */
export function paddedLeft(text: string, columns: number): string {
  const fit = middleShortened(text, columns);
  return ' '.repeat(Math.max(0, columns - displayWidth(fit))) + fit;
}

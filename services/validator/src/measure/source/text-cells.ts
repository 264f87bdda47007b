/** Readers of text, bytea and jsonb. */
import { CanonicalJson } from './canonical-json.ts';
import { CANONICAL, type CellReader, type CellVerdict, DOUBTFUL_TEXT, NOT_CANONICAL, type ReadMode } from './cell-reader.ts';
import { numberAsText } from './number-cells.ts';

/** What the driver puts in the place of invalid UTF-8, and a character of its own right. */
const REPLACEMENT = '\uFFFD';

function doubtful(text: string, mode: ReadMode): boolean {
  return mode !== 'exact' && text.includes(REPLACEMENT);
}

export function textReader(form: 'plain' | 'any', mode: ReadMode): CellReader {
  const number = numberAsText(mode);
  return (value, row) => {
    if (typeof value === 'string') {
      if (row.text(value)) return CANONICAL;
      return afterwards(value, mode);
    }
    return form === 'any' ? number(value, row) : NOT_CANONICAL;
  };
}

/** Looked at only where the fast path of plain ASCII was not taken. */
function afterwards(text: string, mode: ReadMode): CellVerdict {
  if (text.includes('\0')) return NOT_CANONICAL;
  return doubtful(text, mode) ? DOUBTFUL_TEXT : CANONICAL;
}

export function byteaReader(form: 'plain' | 'any', mode: ReadMode): CellReader {
  return (value, row) => {
    if (value instanceof Uint8Array) {
      row.bytes(value);
      return CANONICAL;
    }
    if (form === 'plain' || typeof value !== 'string') return NOT_CANONICAL;
    if (doubtful(value, mode)) return DOUBTFUL_TEXT;
    row.text(value);
    return CANONICAL;
  };
}

export function jsonReader(mode: ReadMode): CellReader {
  const json = new CanonicalJson();
  return (value, row) => {
    if (typeof value !== 'string') return NOT_CANONICAL;
    const length = json.render(value);
    if (length < 0) return NOT_CANONICAL;
    if (json.sawBeyondAscii && doubtful(value, mode)) return DOUBTFUL_TEXT;
    row.aligned(json.out.bytes, json.out.words, length);
    return CANONICAL;
  };
}

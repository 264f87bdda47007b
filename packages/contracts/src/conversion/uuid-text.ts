/** UUIDs as text: 32 hex digits, or 8-4-4-4-12 with dashes; either case. No braces. */

function nibble(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Writes the 16 bytes at `at`; false where the text is not a UUID (the target is then half written). */
export function writeUuid(text: string, target: Uint8Array, at: number): boolean {
  const dashed = text.length === 36;
  if (!dashed && text.length !== 32) return false;
  let i = 0;
  for (let byte = 0; byte < 16; byte++) {
    if (dashed && (byte === 4 || byte === 6 || byte === 8 || byte === 10) && text.charCodeAt(i++) !== 45) return false;
    const high = nibble(text.charCodeAt(i++));
    const low = nibble(text.charCodeAt(i++));
    if (high < 0 || low < 0) return false;
    target[at + byte] = (high << 4) | low;
  }
  return true;
}

const scratch = new Uint8Array(16);

export function isUuid(text: string): boolean {
  return writeUuid(text, scratch, 0);
}

/**
 * Names come from someone's database and go to a terminal and a page: a control character must be seen there, never obeyed.
 * ESC would move the cursor or recolour the screen; a bidirectional override would make one name look like another.
 */
const HIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200e\u200f\u061c\u2060-\u2064\u202a-\u202e\u2066-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/** One line: every control character is replaced by its number (‹U+001B›). */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, numbered);
}

/** Several lines, such as SQL: newlines and tabs stay, the rest as in `visibleText`. */
export function visibleLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(HIDDEN, (c) => (c === '\n' || c === '\t' ? c : numbered(c)));
}

function numbered(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // Not Unicode's control pictures: many fonts lack them, and a box tells nothing.
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}

/** Lower case for A–Z and nothing else, as SQLite compares names. */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

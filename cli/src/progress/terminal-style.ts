/** Colours where they are wanted (NO_COLOR is read by the command), plain text everywhere else. */
export interface TerminalStyle {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

export function terminalStyle(color: boolean): TerminalStyle {
  const style = (open: number, close: number) => (text: string) => (color && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  return { bold: style(1, 22), dim: style(2, 22), cyan: style(36, 39), green: style(32, 39), yellow: style(33, 39), red: style(31, 39) };
}

/** The file that names the primary: `sqlite`, or a postgres:// address. The owner's switch command writes it. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export function readPrimary(file: string): string {
  return readFileSync(file, 'utf8').trim();
}

/** Whole or not at all: the application may be reading. */
export function writePrimary(file: string, primary: string): void {
  writeFileSync(`${file}.new`, primary, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** For `--on-switch`: a shell's few words that do what `writePrimary` does. */
export function switchCommand(file: string, url: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const next = quoted(`${file}.new`);
  return `if [ "$CAUSEWAY_PRIMARY" = postgresql ]; then printf %s ${quoted(url)} > ${next}; else printf %s sqlite > ${next}; fi; mv ${next} ${quoted(file)}`;
}

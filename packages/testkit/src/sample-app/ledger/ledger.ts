/**
 * Appends to the ledger. Each line is handed to the operating system before the next statement: it survives kill −9 of the
 * application, and of everything else but the machine.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { LedgerLine } from './ledger-line.ts';

export class Ledger {
  private readonly descriptor: number;
  private readonly sync: boolean;

  /** `sync`: also to the disk, for runs that pull the plug. */
  constructor(file: string, sync = false) {
    const torn = existsSync(file) && !endsWithNewline(file);
    this.descriptor = openSync(file, 'a', 0o600);
    this.sync = sync;
    if (torn) writeSync(this.descriptor, '\n');
  }

  write(line: LedgerLine): void {
    writeSync(this.descriptor, `${JSON.stringify(line)}\n`);
    if (this.sync) fdatasyncSync(this.descriptor);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function endsWithNewline(file: string): boolean {
  const bytes = readFileSync(file);
  return bytes.length === 0 || bytes.at(-1) === 10;
}

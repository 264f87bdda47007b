/**
 * The independent ledger: one line before a transaction, one after its acknowledgement with the rows that it left behind.
 * It shares no code with what moves the data, and is all that the comparison believes.
 */
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { type Effect, ShopState } from './shop-state.ts';

type Line = { readonly begin: number; readonly on: string; readonly effects: readonly Effect[] } | { readonly ack: number } | { readonly lost: number };

export class ShopLedger {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** What would be left behind, before the commit is asked for. */
  begin(n: number, on: string, effects: readonly Effect[]): void {
    this.append({ begin: n, on, effects });
  }

  acknowledged(n: number): void {
    this.append({ ack: n });
  }

  /** The database says that it never committed. */
  lost(n: number): void {
    this.append({ lost: n });
  }

  private append(line: Line): void {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}

export interface LedgerContents {
  readonly state: ShopState;
  readonly transactions: number;
  readonly last: number;
  /** Begun, and nobody knows whether it committed. */
  readonly open: { readonly n: number; readonly on: string; readonly effects: readonly Effect[] } | null;
}

export function readLedger(file: string): LedgerContents {
  const state = new ShopState();
  let transactions = 0;
  let last = -1;
  let open: LedgerContents['open'] = null;
  for (const line of linesOf(file)) {
    if ('begin' in line) open = { n: line.begin, on: line.on, effects: line.effects };
    else {
      if ('ack' in line && open !== null) {
        state.apply(open.effects);
        transactions++;
        last = open.n;
      }
      open = null;
    }
  }
  return { state, transactions, last, open };
}

function linesOf(file: string): Line[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  // A killed process may leave half a line: it was not acknowledged to anybody.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

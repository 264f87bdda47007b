/** The verdict over a run: the ledger of acknowledged writes against one or both databases, which nobody writes any more. */
import { replayLedger } from '../ledger/replay-ledger.ts';
import { compareSide, type SideVerdict } from './compare-side.ts';
import { postgresSide, type Side, sqliteSide } from './read-rows.ts';

export interface LedgerVerdict {
  /** Nothing lost, doubled or different, and no anomaly. */
  readonly equal: boolean;
  readonly acknowledged: number;
  readonly changes: number;
  readonly unknown: number;
  readonly anomalies: readonly string[];
  readonly longestGapMs: number;
  readonly sides: readonly SideVerdict[];
}

export interface LedgerRequest {
  readonly ledger: string;
  readonly sqlite?: string | undefined;
  readonly postgres?: string | undefined;
  readonly schema?: string | undefined;
}

export async function compareLedger(request: LedgerRequest): Promise<LedgerVerdict> {
  const sides: Side[] = [];
  try {
    if (request.sqlite !== undefined) sides.push(sqliteSide(request.sqlite));
    if (request.postgres !== undefined) sides.push(await postgresSide(request.postgres, request.schema));
    const verdicts: SideVerdict[] = [];
    let replayed = await replayLedger(request.ledger, true);
    for (const [i, side] of sides.entries()) {
      if (i > 0 && replayed.unknown.length > 0) replayed = await replayLedger(request.ledger, true);
      verdicts.push(await compareSide(side, replayed, replayed.worlds[0] ?? neverStarted(request.ledger)));
    }
    const bothAlike = new Set(verdicts.map((v) => v.unknownFound.join())).size <= 1;
    const anomalies = [...replayed.anomalies, ...(bothAlike ? [] : ['a write of unknown outcome is on one side only'])];
    const equal = anomalies.length === 0 && verdicts.every((v) => v.lost + v.doubled + v.different === 0);
    return { equal, acknowledged: replayed.acknowledged, changes: replayed.changes, unknown: replayed.unknown.length, anomalies, longestGapMs: replayed.longestGap.ms, sides: verdicts };
  } finally {
    for (const side of sides) await side.close();
  }
}

function neverStarted(file: string): never {
  throw new Error(`${file} holds no start of the application`);
}

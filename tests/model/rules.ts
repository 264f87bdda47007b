/** The thirty rules of the live protocol, each in a sentence. Variants of the models, invariants and comments cite them by number. */
export interface Rule {
  readonly number: number;
  readonly text: string;
  /** Invariants of docs/invariants.md that uphold it. */
  readonly invariants: readonly number[];
}

const rule = (number: number, invariants: readonly number[], text: string): Rule => ({ number, invariants, text });

export const RULES: readonly Rule[] = [
  rule(1, [30], 'Ids of the change log are never given twice: the purge keeps the newest entry.'),
  rule(2, [80, 81], 'Nothing is published before it is on the disk of the source; a log whose end lies behind the target’s position is not believed.'),
  rule(3, [49, 82], 'A batch tells from where to where it reaches and how new its rows are, and its rows are of the read transaction that found its end.'),
  rule(4, [51, 54], 'The target commits only where it is a state that the source once committed.'),
  rule(5, [49], 'Parts of a batch are joined only in order and from one attempt; the stored offset never passes the first part of an incomplete batch.'),
  rule(6, [49], 'A batch that is covered is skipped, one that overlaps is applied whole, one from ahead never.'),
  rule(7, [82, 83], 'The published position moves after the acknowledgement; an idle tailer sends heartbeats, so that a lost tail is noticed.'),
  rule(8, [50], 'The position moves in the transaction that writes the rows, under the claim’s epoch and from the position that it replaces.'),
  rule(9, [1], 'Key ranges are planned and stored before the first is published.'),
  rule(10, [2], 'A range’s identity commits with its rows; one that is there is skipped.'),
  rule(11, [54, 84], 'The stream begins where the capture was installed, once all ranges are there; constraints wait for the newest position of any block.'),
  rule(12, [4], 'Rows enter a generation only while it is being loaded.'),
  rule(13, [59], 'A re-read of rows while following goes through the change stream, never beside it.'),
  rule(14, [55], 'The target’s rows and its position come from one snapshot; keys that changed since the source was read are set aside.'),
  rule(15, [80], 'The log is purged only up to what is applied, published and no longer held by the validator; what was purged is stored with the purge.'),
  rule(16, [90], 'Every read looks at schema_version and at the presence of the capture.'),
  rule(17, [31, 64], 'Decisions in PostgreSQL commit with synchronous_commit = on, fences in SQLite with synchronous = FULL.'),
  rule(18, [61, 64], 'Phase and attempt in PostgreSQL are the only arbiter, moved by compare-and-set.'),
  rule(19, [31], 'Fences are numbered: an attempt that is over neither raises one again nor lifts a newer one.'),
  rule(20, [61], 'PostgreSQL’s row is read first, SQLite’s fence second; a fence newer than the attempt is only looked at again.'),
  rule(21, [64, 65], 'A decision commits before the lift that follows from it; phase and opening are one transaction.'),
  rule(22, [64, 83], 'A drain is proved by the marker of its very attempt.'),
  rule(23, [64, 71, 85], 'The way back is armed before the fence, sequences are set before the opening, the application’s triggers stand aside with the fence.'),
  rule(24, [47, 74], 'PostgreSQL’s fence is triggers under the tables’ lock; the end of its queue is read in a snapshot that began after it.'),
  rule(25, [86, 87], 'What passes SQLite’s fence is looked for, and everything is compared, before PostgreSQL is opened.'),
  rule(26, [73], 'The reader of the way back reads its epoch in the snapshot of queue and rows, and deletes exactly what it has seen.'),
  rule(27, [78], 'The sink writes only under the fence of the message’s own cutover, never from an older epoch, position and rows in one transaction.'),
  rule(28, [71, 78], 'What the sink writes is not captured, and what the loader writes is not queued.'),
  rule(29, [48], 'Positions are never set back within a migration, and messages of another one are refused.'),
  rule(30, [71, 73], 'Tables are locked before the snapshot of the way back is taken, so that a TRUNCATE cannot hide rows from it.'),
];

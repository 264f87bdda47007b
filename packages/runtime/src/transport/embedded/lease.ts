/**
 * The right to consume a topic for a group: one holder at a time, for a while, renewed by its holder. Whoever finds it
 * expired takes it under the next epoch. A lease only says who should work; a holder that was suspended may learn late
 * that it lost it, which is why the durable store has to fence by itself (see the port).
 */
import type Database from 'better-sqlite3';

export interface LeaseOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly holder: string;
  readonly leaseMs: number;
}

export class Lease {
  private readonly options: LeaseOptions;
  private readonly take: Database.Statement;
  private readonly extend: Database.Statement;
  private readonly giveUp: Database.Statement;
  private epoch = 0n;

  constructor(db: Database.Database, options: LeaseOptions) {
    this.options = options;
    this.take = db.prepare(
      `INSERT INTO lease AS l (group_id, topic, holder, epoch, expires_ms) VALUES (?, ?, ?, 1, ?)
       ON CONFLICT (group_id, topic) DO UPDATE SET holder = excluded.holder, epoch = l.epoch + 1, expires_ms = excluded.expires_ms
       WHERE l.expires_ms <= ? RETURNING epoch`,
    );
    this.extend = db.prepare('UPDATE lease SET expires_ms = ? WHERE group_id = ? AND topic = ? AND holder = ? AND epoch = ?');
    this.giveUp = db.prepare('UPDATE lease SET expires_ms = 0 WHERE group_id = ? AND topic = ? AND holder = ? AND epoch = ?');
  }

  /** False while another one holds it. */
  tryTake(nowMs: number): boolean {
    const { groupId, topic, holder, leaseMs } = this.options;
    const row = this.take.get(groupId, topic, holder, nowMs + leaseMs, nowMs) as { epoch: bigint } | undefined;
    if (row === undefined) return false;
    this.epoch = row.epoch;
    return true;
  }

  /** False if it was taken over. One that merely ran out, with nobody there to take it, goes on. */
  renew(nowMs: number): boolean {
    const { groupId, topic, holder, leaseMs } = this.options;
    return this.extend.run(nowMs + leaseMs, groupId, topic, holder, this.epoch).changes === 1;
  }

  release(): void {
    const { groupId, topic, holder } = this.options;
    this.giveUp.run(groupId, topic, holder, this.epoch);
  }
}

/**
 * Several statements, COPYs among them, in one round trip: everything is written, then one Sync. After an error the
 * server ignores the rest up to the Sync, so nothing behind a failed step happens.
 * Source: https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
import type { Socket } from 'node:net';
import type pg from 'pg';

export interface Step {
  readonly text: string;
  /** Prepared once a session under its text; else planned anew. */
  readonly prepared?: boolean;
  /** Buffers go in binary form, strings as text. */
  readonly values?: readonly (Buffer | string | null)[];
  /** Contents of a COPY … FROM STDIN. */
  readonly copy?: readonly Buffer[];
}

export interface StepResult {
  /** Rows that the statement has touched or returned. */
  readonly count: number;
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The parts of the driver's connection that a query of one's own writes to (missing in the type definitions). */
interface Connection {
  readonly stream: Socket;
  parse(statement: { name: string; text: string }): void;
  bind(portal: { statement: string; values: readonly unknown[]; valueMapper: (value: unknown) => unknown }): void;
  execute(portal: { rows: number }): void;
  sync(): void;
}

const COPY_DATA = 0x64;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);

/** A session that runs pipelines on one connection and keeps its prepared statements. */
export class PipelineSession {
  readonly client: pg.PoolClient;
  private names = new Map<string, string>();

  constructor(client: pg.PoolClient) {
    this.client = client;
  }

  /** Results in the order of the steps. Rejects with the server's error, `step` added: the number of the failed one. */
  run(steps: readonly Step[]): Promise<StepResult[]> {
    return new Promise((resolve, reject) => {
      this.client.query(new Pipeline(steps, this.names, resolve, reject) as unknown as pg.Submittable);
    });
  }

  /** Ends a failed transaction. Which statements were prepared before the error is unknown, so all are made anew. */
  async rollback(): Promise<void> {
    this.names.clear();
    await this.client.query('ROLLBACK');
    await this.client.query('DEALLOCATE ALL');
  }
}

/** What the driver calls while it is the active query. */
class Pipeline {
  private readonly steps: readonly Step[];
  private readonly names: Map<string, string>;
  private readonly resolve: (results: StepResult[]) => void;
  private readonly reject: (error: unknown) => void;
  private readonly results: StepResult[] = [];
  private rows: (string | null)[][] = [];

  constructor(steps: readonly Step[], names: Map<string, string>, resolve: (results: StepResult[]) => void, reject: (error: unknown) => void) {
    this.steps = steps;
    this.names = names;
    this.resolve = resolve;
    this.reject = reject;
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    stream.cork();
    for (const step of this.steps) {
      connection.bind({ statement: this.statement(connection, step), values: step.values ?? [], valueMapper: (value) => value });
      connection.execute({ rows: 0 });
      if (step.copy !== undefined) sendCopy(stream, step.copy);
    }
    connection.sync();
    stream.uncork();
  }

  private statement(connection: Connection, step: Step): string {
    const known = this.names.get(step.text);
    if (step.prepared === true && known !== undefined) return known;
    const name = step.prepared === true ? `c${this.names.size}` : '';
    if (step.prepared === true) this.names.set(step.text, name);
    connection.parse({ name, text: step.text });
    return name;
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.rows.push(message.fields);
  }

  handleCommandComplete(message: { text: string }): void {
    this.results.push({ count: Number(/(\d+)$/.exec(message.text)?.[1] ?? 0), rows: this.rows });
    this.rows = [];
  }

  handleReadyForQuery(): void {
    this.resolve(this.results);
  }

  handleError(error: unknown): void {
    this.reject(Object.assign(error as object, { step: this.results.length }));
  }

  handleCopyInResponse(): void {}
  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  callback(): void {}
}

function sendCopy(stream: Socket, chunks: readonly Buffer[]): void {
  for (const chunk of chunks) {
    const head = Buffer.allocUnsafe(5);
    head[0] = COPY_DATA;
    head.writeInt32BE(chunk.length + 4, 1);
    stream.write(head);
    stream.write(chunk);
  }
  stream.write(COPY_DONE);
}

/** One application process on one SQLite library. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

export interface StatementResult {
  readonly code: number;
  readonly message: string;
}

export class VersionWriter {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  private constructor(program: string, file: string) {
    this.child = spawn(program, [file], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.reader = createInterface({ input: this.child.stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  /** With the version that the library says it has. */
  static async open(program: string, file: string): Promise<{ writer: VersionWriter; version: string }> {
    const writer = new VersionWriter(program, file);
    return { writer, version: (await writer.answer()).message };
  }

  /** Ends with COMMIT or ROLLBACK, behind which the answers come. */
  async execute(statements: readonly string[]): Promise<StatementResult[]> {
    this.child.stdin.write(statements.map((sql) => `${sql}\0`).join(''));
    const results: StatementResult[] = [];
    for (let i = 0; i < statements.length; i++) results.push(await this.answer());
    return results;
  }

  private async answer(): Promise<StatementResult> {
    const line = await this.lines.next();
    if (line.done === true) throw new Error('the writer has ended');
    const at = line.value.indexOf(' ');
    return { code: Number(line.value.slice(0, at)), message: line.value.slice(at + 1) };
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((done) => this.child.once('exit', () => done()));
    this.child.stdin.end();
    await gone;
    this.reader.close();
  }
}

/**
 * A TCP proxy that breaks what passes it, once and on purpose: above all the answer to a COMMIT or to a produce, so that
 * the client cannot know whether it happened. Its own port stays while the server behind it is killed and started elsewhere.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface FaultProxyOptions {
  readonly host: string;
  readonly port: number;
  /** A Kafka broker tells its clients where it listens: they must hear the proxy's port instead. */
  readonly kafka?: boolean;
}

/** What is looked for in each piece: a request whose answer is to be lost, or that answer itself. */
export interface LostAnswer {
  readonly request?: (piece: Buffer) => boolean;
  readonly answer?: (piece: Buffer) => boolean;
}

const COMMITTED = Buffer.concat([Buffer.from('C'), int32(11), Buffer.from('COMMIT\0')]);

/** CommandComplete of a COMMIT, whatever protocol and pipeline it was asked by. */
export const commitAnswer: LostAnswer = { answer: (piece) => piece.includes(COMMITTED) };
/** Size, then the API's number: 0 is Produce. */
export const produceAnswer: LostAnswer = { request: (piece) => piece.length > 8 && piece.readInt32BE(0) >= piece.length - 4 && piece.readInt16BE(4) === 0 };

interface Loss {
  readonly lost: LostAnswer;
  /** Bytes that the connection's first piece must hold, such as an application name. */
  readonly from: string;
  readonly done: () => void;
}

export class FaultProxy {
  private readonly server: Server;
  private target: { host: string; port: number };
  private readonly kafka: boolean;
  private readonly sockets = new Set<Socket>();
  private readonly losses: Loss[] = [];
  private readonly pairs = new Map<Socket, { readonly server: Socket; first: string }>();
  private readonly deaf = new WeakSet<Socket>();
  private paused = false;
  private refusing = false;

  private constructor(server: Server, options: FaultProxyOptions) {
    this.server = server;
    this.target = options;
    this.kafka = options.kafka === true;
    server.on('connection', (client) => this.connected(client));
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new FaultProxy(server, options);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The server has come back at another port. */
  moveTo(target: { host: string; port: number }): void {
    this.target = target;
    this.cut();
  }

  /** Ends the connection in place of passing the next such answer on. Resolves once that has happened. */
  loseAnswer(lost: LostAnswer, from = ''): Promise<void> {
    return new Promise((done) => this.losses.push({ lost, from, done }));
  }

  /** Losses that were asked for and have not happened. */
  forget(): number {
    return this.losses.splice(0).length;
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing passes for a while; connections stay. */
  async pause(ms: number): Promise<void> {
    this.paused = true;
    for (const socket of this.sockets) socket.pause();
    await new Promise((done) => setTimeout(done, ms));
    this.paused = false;
    for (const socket of this.sockets) socket.resume();
  }

  /**
   * What is connected now stays connected and hears nothing any more, as behind a firewall that has forgotten it; who
   * connects anew is served. The server misses its client after `missedMs`, as keepalives would tell it; the client is
   * never told. Answers how many there were.
   */
  forgetConnections(missedMs: number, from = ''): number {
    const pairs = [...this.pairs].filter(([, { first }]) => first.includes(from));
    for (const [client, { server }] of pairs) {
      this.deaf.add(client);
      setTimeout(() => server.destroy(), missedMs).unref();
    }
    return pairs.length;
  }

  /** Whoever connects from now on is turned away. */
  refuse(): void {
    this.refusing = true;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((done) => this.server.close(done));
  }

  private connected(client: Socket): void {
    if (this.refusing) return void client.destroy();
    const server = connect({ ...this.target, noDelay: true });
    let losing: Loss | undefined;
    const pair = { server, first: '' };
    this.pairs.set(client, pair);
    client.on('data', (piece) => {
      if (pair.first === '') pair.first = piece.toString('latin1');
      if (this.deaf.has(client)) return;
      losing ??= this.taken(({ lost, from }) => pair.first.includes(from) && lost.request?.(piece) === true);
      if (!server.write(piece)) pauseUntilDrain(client, server);
    });
    server.on('data', (piece) => {
      if (this.deaf.has(client)) return;
      losing ??= this.taken(({ lost, from }) => pair.first.includes(from) && lost.answer?.(piece) === true);
      if (losing !== undefined) {
        client.destroy();
        server.destroy();
        losing.done();
        losing = undefined;
        return;
      }
      if (!client.write(this.kafka ? this.withOwnPort(piece) : piece)) pauseUntilDrain(server, client);
    });
    for (const [socket, other] of [[client, server], [server, client]] as const) {
      this.sockets.add(socket);
      if (this.paused) socket.pause();
      socket.on('error', () => {});
      socket.on('end', () => {
        if (!this.deaf.has(client)) other.end();
      });
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.pairs.delete(client);
        if (!this.deaf.has(client) || socket === client) other.destroy();
      });
    }
  }

  private taken(fits: (loss: Loss) => boolean): Loss | undefined {
    const at = this.losses.findIndex(fits);
    return at < 0 ? undefined : this.losses.splice(at, 1)[0];
  }

  /** Same length, so that the frame stays whole. An answer about brokers is small and comes in one piece. */
  private withOwnPort(piece: Buffer): Buffer {
    const { host, port } = this.target;
    const told = Buffer.concat([Buffer.from(host), int32(port)]);
    const own = int32(this.port);
    for (let at = piece.indexOf(told); at >= 0; at = piece.indexOf(told, at + 1)) own.copy(piece, at + host.length);
    return piece;
  }
}

function pauseUntilDrain(from: Socket, to: Socket): void {
  from.pause();
  to.once('drain', () => from.resume());
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

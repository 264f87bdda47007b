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

/** Which request's answer is to be lost: looked for in each piece that a client sends. */
export type RequestPattern = (piece: Buffer) => boolean;

/** A simple query `COMMIT`, in a transaction that this connection of ours has written in. */
export const isCommit: RequestPattern = (piece) => piece[0] === 0x51 && piece.toString('latin1', 5, 11).toUpperCase() === 'COMMIT';
/** Size, then the API's number: 0 is Produce. */
export const isProduce: RequestPattern = (piece) => piece.length > 8 && piece.readInt32BE(0) >= piece.length - 4 && piece.readInt16BE(4) === 0;

interface Loss {
  readonly pattern: RequestPattern;
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
  private paused = false;

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

  /** Forwards the next matching request, and ends the connection when its answer arrives. Resolves once that has happened. */
  loseAnswer(pattern: RequestPattern, from = ''): Promise<void> {
    return new Promise((done) => this.losses.push({ pattern, from, done }));
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

  async close(): Promise<void> {
    this.cut();
    await new Promise((done) => this.server.close(done));
  }

  private connected(client: Socket): void {
    const server = connect({ ...this.target, noDelay: true });
    let first: string | undefined;
    let losing: Loss | undefined;
    client.on('data', (piece) => {
      first ??= piece.toString('latin1');
      const at = losing === undefined ? this.losses.findIndex((loss) => first?.includes(loss.from) === true && loss.pattern(piece)) : -1;
      if (at >= 0) losing = this.losses.splice(at, 1)[0];
      if (!server.write(piece)) pauseUntilDrain(client, server);
    });
    server.on('data', (piece) => {
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
      socket.on('end', () => other.end());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
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

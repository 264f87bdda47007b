/**
 * People at work: sessions that log in by the form, and an open loop of requests. A request is sent when it is due, however
 * long earlier ones take, and its time counts from then: a server that stops for a second shows it in every request of it.
 */
import { openSync, writeSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadOptions {
  readonly port: number;
  readonly sessions: number;
  readonly perSecond: number;
  readonly ledger: string;
  /** What exists in the sample: first keys, and how many follow without a gap. */
  readonly products: number;
  readonly partners: number;
}

export interface PhaseFigures {
  readonly total: number;
  readonly failed: number;
  readonly longestMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: readonly string[];
  /** The longest ones: what it was, when it was due, and how long it took. */
  readonly slowest: readonly Slow[];
}

export interface Slow {
  readonly what: string;
  readonly due: string;
  readonly ms: number;
}

interface Person {
  readonly name: string;
  readonly cookies: Map<string, string>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const TIMEOUT_MS = 60_000;
const LOGINS_AT_ONCE = 4;
const SLOWEST = 40;

/** A reproducible choice; nothing here needs a good one. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

export class Load {
  private readonly options: LoadOptions;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 400 });
  private readonly people: Person[] = [];
  private readonly orders: number[] = [];
  private readonly chance = chances(1);
  private readonly file: number;
  private readonly underWay = new Set<Promise<void>>();
  private phase: { times: number[]; failures: string[]; requests: Slow[] } = { times: [], failures: [], requests: [] };
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();
  private sent = 0;

  constructor(options: LoadOptions) {
    this.options = options;
    this.file = openSync(options.ledger, 'a');
  }

  async logIn(): Promise<void> {
    const names = Array.from({ length: this.options.sessions }, (_, i) => `user${String(i).padStart(3, '0')}`);
    await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) this.people.push(await this.login(name));
    }));
  }

  private async login(name: string): Promise<Person> {
    const person: Person = { name, cookies: new Map() };
    await this.ask(person, 'GET', '/login/');
    const answer = await this.ask(person, 'POST', '/login/', { username: name, password: 'secret' });
    if (answer.status !== 302 || !person.cookies.has('sessionid')) throw new Error(`${name} cannot log in: ${answer.status}`);
    return person;
  }

  start(): void {
    this.loop = this.run();
  }

  /** Figures of what was sent since the phase began; the requests under way still belong to it. */
  async endPhase(): Promise<PhaseFigures> {
    const { phase } = this;
    const open = [...this.underWay];
    this.phase = { times: [], failures: [], requests: [] };
    await Promise.all(open);
    const times = phase.times.sort((a, b) => a - b);
    const at = (share: number): number => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
    return { total: times.length, failed: phase.failures.length, longestMs: at(1), p50Ms: at(0.5), p99Ms: at(0.99), failures: phase.failures, slowest: phase.requests.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST) };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
    await Promise.all(this.underWay);
    this.agent.destroy();
  }

  private async run(): Promise<void> {
    const began = performance.now();
    for (let n = 0; !this.stopped; n++) {
      const due = began + (n * 1_000) / this.options.perSecond;
      const wait = due - performance.now();
      if (wait > 1) await sleep(wait);
      const one = this.one(this.people[n % this.people.length] as Person, due);
      this.underWay.add(one);
      void one.finally(() => this.underWay.delete(one));
    }
  }

  /** One request, its time from when it was due, and a line of the ledger for what it was promised. */
  private async one(person: Person, due: number): Promise<void> {
    const { phase } = this;
    const { what, perform } = this.choose(person);
    try {
      await perform();
    } catch (error) {
      phase.failures.push(`${what}: ${(error as Error).message}`);
    }
    const ms = performance.now() - due;
    phase.times.push(ms);
    phase.requests.push({ what, due: new Date(performance.timeOrigin + due).toISOString(), ms: Math.round(ms) });
  }

  private choose(person: Person): { what: string; perform: () => Promise<void> } {
    const ref = `r${++this.sent}-${process.pid}`;
    const pick = (n: number): number => 1 + Math.floor(this.chance() * n);
    const read = (path: string) => ({ what: `GET ${path}`, perform: async () => void (await this.json(person, 'GET', path)) });
    const write = (path: string, form: Record<string, string | string[]>, promised: (answer: Record<string, unknown>) => Record<string, unknown>) => ({
      what: `POST ${path}`,
      perform: async () => {
        const answer = await this.json(person, 'POST', path, form);
        writeSync(this.file, `${JSON.stringify(promised(answer))}\n`);
      },
    });
    const kind = this.chance();
    const order = this.orders[Math.floor(this.chance() * this.orders.length)];
    if (kind < 0.12) return read(`/orders/?page=${pick(9)}`);
    if (kind < 0.24 && order !== undefined) return read(`/orders/${order}/`);
    if (kind < 0.36) return read('/stock/');
    if (kind < 0.44) return read('/');
    if (kind < 0.48) return read('/reports/sales');
    if (kind < 0.66) {
      const product = [...new Set(Array.from({ length: pick(4) }, () => String(pick(this.options.products))))];
      return write('/orders/new', { ref, customer: String(pick(this.options.partners)), product }, (a) => {
        this.orders.push(a['id'] as number);
        return { kind: 'order', ref: a['ref'], value: a['total'], lines: a['lines'] };
      });
    }
    if (kind < 0.78 && order !== undefined) return write(`/orders/${order}/pay`, { ref }, (a) => ({ kind: 'payment', ref: a['ref'], value: a['amount'] }));
    if (kind < 0.88) return write('/stock/move', { ref, product: String(pick(this.options.products)), quantity: `${pick(90) / 10}` }, (a) => ({ kind: 'move', ref: a['ref'], value: a['quantity'] }));
    if (kind < 0.95) return write(`/partners/${pick(this.options.partners)}/note`, { ref, text: `${ref}: "ü"` }, (a) => ({ kind: 'note', ref: a['ref'] }));
    return write('/preferences', { theme: ref }, (a) => ({ kind: 'preference', user: a['user'], value: a['changed'] }));
  }

  private async json(person: Person, method: 'GET' | 'POST', path: string, form?: Record<string, string | string[]>): Promise<Record<string, unknown>> {
    const { status, body } = await this.ask(person, method, path, form);
    if (status !== 200) throw new Error(`${status} ${/<title>([^<]*)/.exec(body)?.[1] ?? body.slice(0, 80)}`);
    return JSON.parse(body) as Record<string, unknown>;
  }

  private ask(person: Person, method: 'GET' | 'POST', path: string, form: Record<string, string | string[]> = {}): Promise<Answer> {
    const body = new URLSearchParams(Object.entries(form).flatMap(([key, value]) => [value].flat().map((one) => [key, one])));
    const headers: Record<string, string> = { cookie: [...person.cookies].map(([key, value]) => `${key}=${value}`).join('; ') };
    if (method === 'POST') Object.assign(headers, { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body.toString())), 'x-csrftoken': person.cookies.get('csrftoken') ?? '' });
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: this.options.port, agent: this.agent, method, path, headers, timeout: TIMEOUT_MS }, (response) => {
        for (const cookie of response.headers['set-cookie'] ?? []) {
          const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
          person.cookies.set(key, value);
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      });
      sent.once('error', reject);
      sent.once('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      sent.end(method === 'POST' ? body.toString() : undefined);
    });
  }
}

/** The Kafka implementation of the transport port, on kafkajs. The only folder that knows kafkajs. */
import type { Kafka } from 'kafkajs';
import type { Transport } from '../port.ts';
import type { KafkaConfig } from '../transport-config.ts';
import { BrokerDeadline } from './broker-deadline.ts';
import { KafkaAdmin } from './kafka-admin.ts';
import { type KafkaDeps, kafkaClient } from './kafka-client.ts';
import { KafkaConsumer } from './kafka-consumer.ts';
import { kafkaFailure } from './kafka-failure.ts';
import { KafkaProducer } from './kafka-producer.ts';

/** A wrong address should be told while the operator still looks at the terminal. */
const CONNECT_DEADLINE_MS = 15_000;
/** A rolling restart of a cluster is shorter; a cluster that is gone is noticed before anyone asks. */
const IDLE_DEADLINE_MS = 120_000;
/** Also how long a consumer that has lost its broker waits for itself: the broker still knows the member that it was. */
const SESSION_MS = 10_000;

export async function connectKafka(config: KafkaConfig, deps: KafkaDeps): Promise<Transport> {
  return new KafkaTransport(config, deps);
}

class KafkaTransport implements Transport {
  readonly kind = 'kafka';
  private readonly config: KafkaConfig;
  private readonly deps: KafkaDeps;
  private readonly open = new Set<() => Promise<void>>();

  constructor(config: KafkaConfig, deps: KafkaDeps) {
    this.config = config;
    this.deps = deps;
  }

  admin(): Promise<KafkaAdmin> {
    return this.connected(new KafkaAdmin(this.client(), this.deadline()), (admin) => admin.close());
  }

  producer(options: { clientId?: string } = {}): Promise<KafkaProducer> {
    return this.connected(new KafkaProducer(this.client(options.clientId), this.deadline(), this.deps.events), (producer) => producer.close());
  }

  async consumer(options: Parameters<Transport['consumer']>[0]): Promise<KafkaConsumer> {
    const kafka = this.client();
    const admin = await this.admin();
    const deps = { kafka, admin, deadline: this.deadline(), sessionMs: this.config.sessionMs ?? SESSION_MS, events: this.deps.events };
    return this.connected(new KafkaConsumer(deps, options), (consumer) => consumer.stop());
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.open].map((close) => close()));
    this.open.clear();
  }

  private client(clientId: string = this.config.clientId): Kafka {
    return kafkaClient(this.config, this.deps, clientId);
  }

  private deadline(): BrokerDeadline {
    return new BrokerDeadline(this.config.brokers, this.config.idleDeadlineMs ?? IDLE_DEADLINE_MS);
  }

  private async connected<T extends { connect(): Promise<void> }>(client: T, close: (client: T) => Promise<void>): Promise<T> {
    const { brokers, connectDeadlineMs = CONNECT_DEADLINE_MS } = this.config;
    const connecting = client.connect();
    try {
      await new BrokerDeadline(brokers, connectDeadlineMs).race(connecting);
    } catch (error) {
      // kafkajs goes on trying; what it reaches after all must not keep the process alive.
      connecting.then(() => close(client)).catch(() => {});
      throw kafkaFailure(error, `connecting to ${brokers.join(', ')}`);
    }
    this.open.add(() => close(client));
    return client;
  }
}

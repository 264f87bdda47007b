/** Which Java is there, learned without starting a JVM where its folder tells. */
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, isProgram } from './find-program.ts';
import type { Environment } from './local-part.ts';

export interface JavaRuntime {
  readonly command: string;
  /** As Java writes it, for example 17.0.15. */
  readonly version: string;
  readonly major: number;
}

/** Kafka 4 does not start on less. */
export const OLDEST_JAVA = 17;

export function findJava(environment: Environment): JavaRuntime | undefined {
  const home = environment.JAVA_HOME;
  const named = home === undefined || home === '' ? undefined : join(home, 'bin', 'java');
  const command = named !== undefined && isProgram(named) ? named : findProgram('java', environment);
  if (command === undefined) return undefined;
  const version = releaseVersion(command) ?? askedVersion(command, environment);
  if (version === undefined) return undefined;
  const [first = '0', second = '0'] = version.split('.');
  // Java 8 calls itself 1.8.
  return { command, version, major: Number.parseInt(first === '1' ? second : first, 10) };
}

function releaseVersion(command: string): string | undefined {
  try {
    const release = readFileSync(join(dirname(dirname(realpathSync(command))), 'release'), 'utf8');
    return /^JAVA_VERSION="([^"]+)"/m.exec(release)?.[1];
  } catch {
    return undefined;
  }
}

/** On macOS /usr/bin/java is a stand-in that fails where no Java is installed. */
function askedVersion(command: string, environment: Environment): string | undefined {
  const run = spawnSync(command, ['-version'], { encoding: 'utf8', timeout: 5_000, env: environment as NodeJS.ProcessEnv });
  return run.status === 0 ? /version "([^"]+)"/.exec(run.stderr)?.[1] : undefined;
}

/** Whether a Docker engine answers, asked over its socket: starting the docker program would take longer. */
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import type { Environment } from './local-part.ts';

const PROBE_MS = 800;

export interface DockerEngine {
  /** The docker program, which the parts are started with. */
  readonly command: string;
  readonly version: string;
}

/** undefined: no engine answers in time, or the docker program is missing. */
export async function findDocker(environment: Environment): Promise<DockerEngine | undefined> {
  const command = findProgram('docker', environment);
  if (command === undefined) return undefined;
  for (const address of addresses(environment)) {
    const version = await engineVersion(address);
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

type Address = { socketPath: string } | { host: string; port: number };

/** DOCKER_HOST alone where it is set, as the docker program does; TLS and ssh hosts are not probed. */
function addresses(environment: Environment): Address[] {
  const host = environment.DOCKER_HOST;
  if (host !== undefined && host !== '') {
    if (host.startsWith('unix://')) return [{ socketPath: host.slice('unix://'.length) }];
    const url = URL.canParse(host) ? new URL(host) : undefined;
    return url?.protocol === 'tcp:' ? [{ host: url.hostname, port: Number(url.port || 2375) }] : [];
  }
  const home = environment.HOME ?? '';
  return ['/var/run/docker.sock', join(home, '.docker/run/docker.sock'), join(home, '.colima/default/docker.sock')]
    .filter((path) => existsSync(path))
    .map((socketPath) => ({ socketPath }));
}

function engineVersion(address: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const call = request({ ...address, path: '/version', timeout: PROBE_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve(response.statusCode === 200 ? versionIn(body) : undefined));
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(undefined));
    call.end();
  });
}

function versionIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { Version?: string }).Version;
  } catch {
    return undefined;
  }
}

/** The command that installs a program with the package manager of this machine. */
import { findProgram } from '@causeway/runtime/parts/find-program';
import type { Environment } from '@causeway/runtime/parts/local-part';

export type Installable = 'node' | 'java' | 'maven' | 'docker' | 'postgres' | 'pg_dump';

interface Manager {
  readonly program: string;
  readonly install: string;
  readonly asRoot: boolean;
  readonly packages: Readonly<Record<Installable, string>>;
}

const MANAGERS: readonly Manager[] = [
  {
    program: 'apt-get',
    install: 'apt-get install -y',
    asRoot: true,
    packages: { node: 'nodejs npm', java: 'openjdk-17-jre-headless', maven: 'maven', docker: 'docker.io', postgres: 'postgresql', pg_dump: 'postgresql-client' },
  },
  {
    program: 'dnf',
    install: 'dnf install -y',
    asRoot: true,
    packages: { node: 'nodejs', java: 'java-17-openjdk-headless', maven: 'maven', docker: 'moby-engine', postgres: 'postgresql-server', pg_dump: 'postgresql' },
  },
  {
    program: 'apk',
    install: 'apk add',
    asRoot: true,
    packages: { node: 'nodejs npm', java: 'openjdk17-jre-headless', maven: 'maven', docker: 'docker', postgres: 'postgresql', pg_dump: 'postgresql-client' },
  },
  {
    program: 'pacman',
    install: 'pacman -S --noconfirm',
    asRoot: true,
    packages: { node: 'nodejs npm', java: 'jre17-openjdk-headless', maven: 'maven', docker: 'docker', postgres: 'postgresql', pg_dump: 'postgresql-libs' },
  },
  {
    program: 'brew',
    install: 'brew install',
    asRoot: false,
    packages: { node: 'node@24', java: 'openjdk@17', maven: 'maven', docker: '--cask docker', postgres: 'postgresql@17', pg_dump: 'libpq' },
  },
];

export function installCommand(what: Installable, machine: { environment: Environment; isRoot: boolean }): string {
  // Administrators' folders are not on every user's PATH.
  const environment = { PATH: `${machine.environment.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin` };
  const manager = MANAGERS.find(({ program }) => findProgram(program, environment) !== undefined);
  if (manager === undefined) return `install ${what} with the package manager of this system`;
  return `${manager.asRoot && !machine.isRoot ? 'sudo ' : ''}${manager.install} ${manager.packages[what]}`;
}

/**
 * The folder of a local server. It is the part's own folder where the server's user can reach it. Started as root the
 * server runs as another user, for whom /root or a 0700 state folder is closed: then the data lies where system services
 * keep theirs, and the part's folder says where.
 */
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { removeFolder } from './partial-folder.ts';
import { canReach, serverUser, type UnprivilegedUser } from './unprivileged-user.ts';

export interface PostgresHome {
  /** Folder of this part: log, lock, password. */
  readonly partDir: string;
  readonly dataDir: string;
  /** Whom the server runs as; undefined: as this process. */
  readonly user: UnprivilegedUser | undefined;
}

const LOCATION = 'location.json';
/** Not a temporary folder, which the system empties after some weeks; that is only the last resort. */
const ROOT_FOLDER = '/var/lib/causeway';

export function postgresHome(stateDir: string, ownUid: number | undefined): PostgresHome {
  const partDir = resolve(stateDir);
  const user = serverUser(ownUid);
  makePartDir(partDir, user);
  if (canReach(partDir, user)) return { partDir, dataDir: join(partDir, 'data'), user };
  const recorded = recordedHome(partDir);
  const home = recorded ?? makeHome(partDir, user);
  return { partDir, dataDir: join(home, 'data'), user };
}

/** Removes what a part has stored, wherever it lies. The server must be stopped. */
export function removePostgresHome(stateDir: string): void {
  const location = readLocation(resolve(stateDir));
  if (location !== undefined) removeFolder(location);
  removeFolder(stateDir);
}

function makePartDir(partDir: string, user: UnprivilegedUser | undefined): void {
  // The server's user may pass through, not look: what it needs lies in a folder that is its own.
  const mode = user === undefined ? 0o700 : 0o711;
  if (existsSync(partDir)) return;
  mkdirSync(partDir, { recursive: true, mode: 0o700 });
  chmodSync(partDir, mode);
}

function readLocation(partDir: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(partDir, LOCATION), 'utf8')) as { home: string }).home;
  } catch {
    return undefined;
  }
}

/** An empty server in place of a lost one would look like lost data: the operator decides. */
function recordedHome(partDir: string): string | undefined {
  const home = readLocation(partDir);
  if (home === undefined || existsSync(home)) return home;
  throw new Failure('STATE_UNUSABLE', `the local database was in ${home}, which is gone; remove ${join(partDir, LOCATION)} to begin with an empty one`);
}

function makeHome(partDir: string, user: UnprivilegedUser | undefined): string {
  const home = mkdtempSync(join(parentFolder(user), 'postgres-'));
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  writeFileSync(join(partDir, LOCATION), `${JSON.stringify({ home })}\n`, { mode: 0o600 });
  return home;
}

function parentFolder(user: UnprivilegedUser | undefined): string {
  try {
    mkdirSync(ROOT_FOLDER, { recursive: true, mode: 0o711 });
    if (canReach(ROOT_FOLDER, user)) return ROOT_FOLDER;
  } catch {
    // A read-only system: the temporary folder is what is left.
  }
  return tmpdir();
}

/** PostgreSQL refuses to run as root: finds a user for it, and a folder that this user can reach. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '@causeway/contracts/failures';

export interface UnprivilegedUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** undefined: this process is not root and can run the server as itself. */
export function serverUser(ownUid: number | undefined): UnprivilegedUser | undefined {
  if (ownUid !== 0) return undefined;
  const users = passwd();
  const user = users.get('postgres') ?? users.get('nobody');
  if (user === undefined) throw new Failure('PART_FAILED', 'PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody');
  return user;
}

function passwd(): Map<string, UnprivilegedUser> {
  const users = new Map<string, UnprivilegedUser>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && uid !== undefined && gid !== undefined) users.set(name, { name, uid: Number(uid), gid: Number(gid) });
  }
  return users;
}

/** Whether every folder from the root to this one lets the user pass. */
export function canReach(folder: string, user: UnprivilegedUser | undefined): boolean {
  for (let path = folder; ; path = dirname(path)) {
    if (!mayPass(path, user)) return false;
    if (path === dirname(path)) return true;
  }
}

function mayPass(path: string, user: UnprivilegedUser | undefined): boolean {
  try {
    if (user === undefined) {
      accessSync(path, constants.X_OK);
      return true;
    }
    const { mode, uid, gid } = statSync(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    return (mode & bit) !== 0;
  } catch {
    return false;
  }
}

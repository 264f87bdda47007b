/**
 * Where a database file lies. WAL needs memory that all its readers share (the -shm file), and locks that hold: file
 * systems of a network, and those by which a desktop's virtual machine shows folders of its host, give neither. A writer
 * on the host and a reader inside the machine then damage the database without an error.
 */
import { readFileSync, realpathSync, statfsSync } from 'node:fs';
import { platform } from 'node:os';

export interface Filesystem {
  readonly name: string;
  /** False: WAL must not be used on it by more than one machine. */
  readonly local: boolean;
}

/** statfs(2), the field f_type. */
const MAGIC: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x01021997, '9p'],
  [0x5346414f, 'afs'],
  [0x73757245, 'coda'],
  [0x0bd00bd0, 'lustre'],
  [0x00c36400, 'ceph'],
  [0x01161970, 'gfs2'],
  [0x7461636f, 'ocfs2'],
  [0x786f4256, 'vboxsf'],
  [0xbacbacbc, 'vmhgfs'],
  [0x7c7c6673, 'prl_fs'],
]);
/** Everything by FUSE, virtiofs of a virtual machine included; the mount table tells them apart. */
const FUSE = 0x65735546;
/** A disk of this machine behind FUSE. */
const LOCAL_FUSE = new Set(['fuseblk', 'fuse.fuse-overlayfs']);

/** The kernel's word for the magic number and the mount's type. */
export function judgeFilesystem(magic: number, mountType: string | undefined): Filesystem {
  const known = MAGIC.get(magic >>> 0);
  if (known !== undefined) return { name: known, local: false };
  if (magic >>> 0 !== FUSE) return { name: mountType ?? `0x${(magic >>> 0).toString(16)}`, local: true };
  return { name: mountType ?? 'fuse', local: mountType !== undefined && LOCAL_FUSE.has(mountType) };
}

/** undefined: the file is not there, or this system does not tell. */
export function filesystemOf(file: string): Filesystem | undefined {
  if (platform() !== 'linux') return undefined;
  try {
    const path = realpathSync(file);
    return judgeFilesystem(Number(statfsSync(path, { bigint: true }).type), mountTypeOf(path, readFileSync('/proc/self/mountinfo', 'utf8')));
  } catch {
    return undefined;
  }
}

/** The type of the mount with the longest path above the file; later lines lie over earlier ones. */
export function mountTypeOf(path: string, mountinfo: string): string | undefined {
  let best: { at: string; type: string } | undefined;
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const at = left.split(' ')[4]?.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const type = right.split(' ')[0];
    if (at === undefined || type === undefined || !(path === at || path.startsWith(at === '/' ? '/' : `${at}/`))) continue;
    if (best === undefined || at.length >= best.at.length) best = { at, type };
  }
  return best?.type;
}

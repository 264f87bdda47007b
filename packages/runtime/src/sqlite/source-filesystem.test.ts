import { expect, test } from '@jest/globals';
import { filesystemOf, judgeFilesystem, mountTypeOf } from './source-filesystem.ts';

test.each([
  [0x6969, 'nfs4', 'nfs'],
  [0xff534d42, 'cifs', 'cifs'],
  [0xfe534d42, 'cifs', 'smb2'],
  // statfs gives a signed number on some systems.
  [0xff534d42 | 0, 'cifs', 'cifs'],
  [0x01021997, '9p', '9p'],
  [0x65735546, 'virtiofs', 'virtiofs'],
  [0x65735546, 'fuse.grpcfuse', 'fuse.grpcfuse'],
  [0x65735546, 'fuse.osxfs', 'fuse.osxfs'],
  [0x65735546, 'fuse.sshfs', 'fuse.sshfs'],
  [0x65735546, undefined, 'fuse'],
  [0x786f4256, 'vboxsf', 'vboxsf'],
])('0x%s mounted as %s is %s, and not for WAL', (magic, type, name) => {
  expect(judgeFilesystem(magic, type)).toEqual({ name, local: false });
});

test.each([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
  [0x65735546, 'fuseblk'],
])('0x%s mounted as %s is local', (magic, type) => {
  expect(judgeFilesystem(magic, type)).toEqual({ name: type, local: true });
});

test('the mount is the nearest above the file, with its escapes', () => {
  const table = ['1 0 8:1 / / rw - ext4 /dev/a rw', '2 1 0:5 / /mnt/my\\040share rw - nfs4 host:/ rw', '3 1 0:6 / /mnt/my\\040share/deep rw - 9p x rw'].join('\n');
  expect(mountTypeOf('/mnt/my share/app.sqlite', table)).toBe('nfs4');
  expect(mountTypeOf('/mnt/my share/deep/app.sqlite', table)).toBe('9p');
  expect(mountTypeOf('/mnt/my shared/app.sqlite', table)).toBe('ext4');
});

test('this file lies on a local file system', () => {
  expect(process.platform === 'linux' ? filesystemOf(import.meta.filename)?.local : true).toBe(true);
});

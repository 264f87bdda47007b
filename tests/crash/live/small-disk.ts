/** A file system of a fixed size under a folder, which can be filled until a write in it fails with ENOSPC. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 1024 * 1024;

/** Only root may, and not in every container. */
export function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export class SmallDisk {
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static mount(folder: string, sizeMiB: number, mode: string): SmallDisk {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=${mode}`, 'none', folder]);
    return new SmallDisk(folder);
  }

  /** Until nothing more fits; answers whether it was filled to the last block. */
  fill(): boolean {
    const descriptor = openSync(this.filler, 'w');
    try {
      for (const block of [Buffer.alloc(MIB), Buffer.alloc(4096)]) {
        try {
          for (;;) writeSync(descriptor, block);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    } finally {
      closeSync(descriptor);
    }
    return statfsSync(this.folder).bavail === 0;
  }

  free(): void {
    rmSync(this.filler, { force: true });
  }

  unmount(): void {
    // Lazily: a process that was killed a moment ago may still hold a file.
    execFileSync('umount', ['-l', this.folder]);
  }

  private get filler(): string {
    return join(this.folder, 'filler');
  }
}

/**
 * What was read may still be only in the system's memory: an application with synchronous = NORMAL does not sync its
 * commits. Published and then lost with the power, its ids would be given again to other changes (rule 2).
 */
import { type FileHandle, open } from 'node:fs/promises';

/** Only the WAL: opening and closing the main file would drop this process's locks on it. */
// Invariant: I81
export async function syncWal(file: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(`${file}-wal`, 'r+');
    await handle.datasync();
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  } finally {
    await handle?.close();
  }
}

/** What the move takes on disks, measured at its end, before anything is taken away. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedParts } from '../open-parts.ts';
import { partsFolder } from '../open-parts.ts';
import type { ScratchDatabase } from './scratch-database.ts';

export interface DiskUse {
  readonly sourceNowBytes: number;
  readonly targetBytes: number;
  /** Null: on brokers that are not ours to look at. */
  readonly transportBytes: number | null;
}

export async function diskUse({ file, scratch, parts, state }: { file: string; scratch: ScratchDatabase; parts: OpenedParts; state: string }): Promise<DiskUse> {
  const { kind, embeddedFile } = parts.transport;
  const folder = join(partsFolder(state), 'kafka');
  return {
    sourceNowBytes: bytes(file) + bytes(`${file}-wal`),
    targetBytes: await scratch.bytes(),
    transportBytes: kind === 'embedded' ? bytes(embeddedFile) + bytes(`${embeddedFile}-wal`) : bytes(folder) === 0 ? null : folderBytes(folder),
  };
}

const bytes = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** What is allocated: a log's index files are mostly holes. */
function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.blocks ?? 0) * 512 : 0), 0);
}

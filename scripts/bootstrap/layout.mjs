// Places and versions. The versions of the tools are pinned here and, for pnpm, in package.json.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const TOOLS = join(ROOT, '.tools');
export const TOOLS_BIN = join(TOOLS, 'node_modules', '.bin');

/** Fetched where the machine's own Node is older than NODE_FLOOR. */
export const NODE_PIN = '24';
/** zstd in node:zlib, and the Node-API version that better-sqlite3 needs. */
export const NODE_FLOOR = [22, 15];

/** The same pin that pnpm itself reads. */
export function pnpmPin() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).packageManager.split('@')[1];
}

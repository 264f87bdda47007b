// Lists the licence of every package that is installed, and fails where one is not on the list of those that a user of
// Causeway may use without asking: `node scripts/check-licences.mjs [--list]`. Run by .ci/run after the installation.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Licences that ask for no more than their own text to be kept. */
const ALLOWED = new Set(['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'CC-BY-4.0', 'CC-BY-3.0', 'Unlicense', 'Python-2.0', 'Zlib', 'WTFPL']);
/** Packages whose manifest does not say it in a word, read by hand: name → licence, and why it may be used. */
const READ_BY_HAND = {};

/** An expression of SPDX without parentheses inside of parentheses: one branch of OR is enough, all parts of AND are needed. */
export function isAllowed(expression) {
  const text = expression.replaceAll(/[()]/g, ' ').trim();
  return text.split(/\s+OR\s+/).some((branch) => branch.split(/\s+AND\s+/).every((name) => ALLOWED.has(name.trim())));
}

function licenceOf(manifest) {
  const { license, licenses } = manifest;
  if (typeof license === 'string') return license;
  if (typeof license?.type === 'string') return license.type;
  return Array.isArray(licenses) ? licenses.map((one) => one.type ?? String(one)).join(' OR ') : 'none given';
}

/** name@version → licence, of what pnpm has put into its store in this checkout. */
export function licences(root = ROOT) {
  const store = join(root, 'node_modules', '.pnpm');
  const found = new Map();
  for (const entry of existsSync(store) ? readdirSync(store) : []) {
    const modules = join(store, entry, 'node_modules');
    if (entry === 'node_modules' || !existsSync(modules)) continue;
    for (const folder of readdirSync(modules).flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name]))) {
      const file = join(modules, folder, 'package.json');
      // A link leads to another entry, or to a package of this workspace.
      if (!existsSync(file) || !realpathSync(file).startsWith(realpathSync(join(store, entry)))) continue;
      const manifest = JSON.parse(readFileSync(file, 'utf8'));
      if (manifest.name !== undefined && manifest.version !== undefined) found.set(`${manifest.name}@${manifest.version}`, READ_BY_HAND[manifest.name] ?? licenceOf(manifest));
    }
  }
  return new Map([...found].sort(([a], [b]) => a.localeCompare(b)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = licences();
  if (process.argv.includes('--list')) for (const [name, licence] of found) process.stdout.write(`${licence}\t${name}\n`);
  const others = [...found].filter(([, licence]) => !isAllowed(licence));
  for (const [name, licence] of others) process.stderr.write(`${name}: licence ${licence} is not on the list\n`);
  process.stdout.write(`${found.size} packages, ${others.length} with other licences\n`);
  process.exitCode = found.size === 0 || others.length > 0 ? 1 : 0;
}

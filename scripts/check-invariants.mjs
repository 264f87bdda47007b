// Holds docs/invariants.md and the citations in the code together: `node scripts/check-invariants.mjs`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['packages', 'services', 'cli', 'tests', 'ops'];
const SINGLE = ['.dependency-cruiser.cjs', 'docker-compose.yml', 'Dockerfile'];
const CITATION = /Invariant: (I\d+(?:, I\d+)*)/g;
const NO_TEST = 'no test yet';

function sources() {
  const found = SINGLE.map((name) => join(ROOT, name)).filter(existsSync);
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      if (entry.isDirectory()) visit(join(folder, entry.name));
      else if (/\.(ts|mjs|cjs|js|sh|yml)$/.test(entry.name)) found.push(join(folder, entry.name));
    }
  };
  for (const folder of FOLDERS) visit(join(ROOT, folder));
  return found;
}

/** number → files that cite it */
function citations() {
  const cited = new Map();
  for (const file of sources()) {
    for (const [, numbers] of readFileSync(file, 'utf8').matchAll(CITATION)) {
      for (const number of numbers.split(', ')) cited.set(number, (cited.get(number) ?? new Set()).add(relative(ROOT, file)));
    }
  }
  return cited;
}

/** number → files that the table names, each list apart */
function listed() {
  const rows = readFileSync(join(ROOT, 'docs/invariants.md'), 'utf8').split('\n').filter((line) => /^\| I\d+ \|/.test(line));
  const files = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, file]) => file);
  return rows.map((line) => {
    const [, number, , upheld, attacked] = line.split(' | ').join('|').split('|').map((cell) => cell.trim());
    return { number, upheld: files(upheld ?? ''), attacked: files(attacked ?? ''), openTest: attacked === NO_TEST };
  });
}

export function problems() {
  const cited = citations();
  const rows = listed();
  const out = [];
  const numbers = new Set();
  for (const row of rows) {
    if (numbers.has(row.number)) out.push(`${row.number} is listed twice`);
    numbers.add(row.number);
    if (!cited.has(row.number)) out.push(`${row.number} is cited nowhere`);
    if (row.upheld.length === 0) out.push(`${row.number} names no file that upholds it`);
    if (row.attacked.length === 0 && !row.openTest) out.push(`${row.number} names no test; "${NO_TEST}" says so openly`);
    for (const file of [...row.upheld, ...row.attacked]) {
      if (!cited.get(row.number)?.has(file)) out.push(`${row.number} is said to be in ${file}, which does not cite it`);
    }
  }
  for (const [number, files] of cited) if (!numbers.has(number)) out.push(`${number} is cited in ${[...files].join(', ')} and not listed`);
  return { out, rows };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { out, rows } = problems();
  for (const problem of out) process.stderr.write(`invariants: ${problem}\n`);
  const open = rows.filter((row) => row.openTest).map((row) => row.number);
  process.stdout.write(`${rows.length} invariants, ${out.length} problems${open.length > 0 ? `; without a test: ${open.join(', ')}` : ''}\n`);
  process.exitCode = out.length === 0 ? 0 : 1;
}

// Writes the pages of docs/ that are made from the code: `node scripts/make-docs.mjs`; with --check it writes nothing and
// fails where a page is out of date. Uses the built packages (`npm run build`).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MADE_BY = 'Made by `node scripts/make-docs.mjs`; change the source named here, not this page.';
const built = (path) => import(new URL(`../${path}`, import.meta.url).href);
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells) => `| ${cells.map(cell).join(' | ')} |`;

async function errors() {
  const { FAILURES, exitCodeOf } = await built('packages/contracts/dist/failures.js');
  const rows = Object.entries(FAILURES).map(([code, f]) => row(`\`${code}\``, exitCodeOf(code), f.kind, f.owner, f.title, f.remedy));
  return `# Errors

${MADE_BY} Source: \`packages/contracts/src/failures.ts\`.

Codes are stable: scripts may match on them. A command prints the code, what exactly happened, and the remedy; with \`--json\`
they stand in the last line. The owner is who can mend it.

| code | exit code | kind | owner | meaning | remedy |
|---|---|---|---|---|---|
${rows.join('\n')}

Exit codes: 0 proved equal · 1 a difference, or rows in the quarantine that were not accepted · 2 usage · 3 environment ·
130 interrupted.
`;
}

const METRIC_GROUPS = [
  ['The migration', 'migration_', 'From the control record. Every service tells them, so that they are seen as long as one of them lives: queries take `max by (migration, …)`.'],
  ['Extractor', 'extractor_', ''],
  ['Loader', 'loader_', ''],
  ['Validator', 'validator_', ''],
  ['Every service', 'service_', ''],
  ['PostgreSQL pool', 'pool_', ''],
  ['Transport', 'transport_', 'Label `topic`: snapshot, changes, back or schemas.'],
  ['Kafka client', 'kafka_', ''],
  ['Commands', 'command_', 'In the file of `--metrics-file`, for the textfile collector of node_exporter.'],
  ['Backups', 'backup', ''],
];

async function metrics() {
  const { METRICS, metricName } = await built('packages/contracts/dist/metric-names.js');
  const rowOf = ([name, { type, help, labels }]) => row(`\`${metricName(name)}\``, type, labels.map((label) => `\`${label}\``).join(' '), help);
  const sections = METRIC_GROUPS.map(([title, prefix, text]) => {
    const rows = Object.entries(METRICS).filter(([name]) => name.startsWith(prefix)).map(rowOf);
    return `## ${title}\n\n${text === '' ? '' : `${text}\n\n`}| metric | type | labels | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Metrics

${MADE_BY} Source: \`packages/contracts/src/metrics/\`.

Every service answers on \`/metrics\` (Prometheus text), \`/healthz\` and \`/readyz\`; what these mean, and how Prometheus finds them,
is in [observability.md](observability.md). All metrics of services carry the labels \`service\` and \`migration\`; beside these there are the usual
ones of the process and of Node (\`process_…\`, \`nodejs_…\`). Labels never hold values of rows.

${sections.join('\n')}`;
}

const shown = (setting) => (!('fallback' in setting) ? 'required' : setting.fallback === '' ? 'empty' : `\`${setting.fallback}\``);

async function configuration() {
  const tables = [
    ['Extractor', (await built('services/extractor/dist/config.js')).EXTRACTOR_SETTINGS, 'services/extractor/src/config.ts'],
    ['Loader', (await built('services/loader/dist/config.js')).LOADER_SETTINGS, 'services/loader/src/config.ts'],
    ['Validator', (await built('services/validator/dist/config.js')).VALIDATOR_SETTINGS, 'services/validator/src/config.ts'],
  ];
  const sections = tables.map(([title, settings, source]) => {
    const rows = Object.values(settings).map((setting) => row(`\`${setting.env}\``, shown(setting), `${setting.help}${setting.secret ? ' (secret: never shown)' : ''}`));
    return `## ${title}\n\nSource: \`${source}\`.\n\n| variable | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Configuration of the services

${MADE_BY}

Services read their settings from the environment. Under the command it sets all of them; in containers
\`docker-compose.yml\` does. The command's own options are in [cli.md](cli.md).

${sections.join('\n')}`;
}

function help(...command) {
  const run = spawnSync(process.execPath, [join(ROOT, 'cli/dist/main.js'), ...command, '--help'], { encoding: 'utf8', env: { PATH: process.env.PATH, NO_COLOR: '1' } });
  if (run.status !== 0) throw new Error(`${command.join(' ')} --help ended with ${run.status}: ${run.stderr}`);
  return run.stdout.trimEnd();
}

/** Names in the list of commands that a help text shows. */
function commandsIn(text) {
  const list = text.split(/^Commands:$/m)[1]?.split(/^\S/m)[0] ?? '';
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name).filter((name) => name !== 'help');
}

function commands(path, out) {
  const text = help(...path);
  out.push(`## ${['causeway', ...path].join(' ')}\n\n\`\`\`\n${text}\n\`\`\`\n`);
  for (const name of commandsIn(text)) commands([...path, name], out);
  return out;
}

function cli() {
  return `# The command line

${MADE_BY} Source: the help of each command.

${commands([], []).join('\n')}`;
}

async function assess() {
  const { ASSESS_CHECKS } = await built('packages/contracts/dist/assess-checks.js');
  const groups = Map.groupBy(Object.entries(ASSESS_CHECKS), ([, check]) => check.group);
  const sections = [...groups].map(([group, checks]) => `## ${group[0].toUpperCase()}${group.slice(1)}\n\n| check | meaning | what to do |\n|---|---|---|\n${checks.map(([id, c]) => row(`\`${id}\``, c.title, c.remedy)).join('\n')}\n`);
  return `# Assess

${MADE_BY} Source: \`packages/contracts/src/assess-checks.ts\`.

\`causeway assess app.sqlite\` reads a SQLite database once, changes nothing, and tells what stands between it and PostgreSQL:
named checks with their evidence (counts, and keys of a few rows, never values), the rows that would go to the quarantine, and
what a migration is expected to take. \`--json\` prints it as one object, \`--html FILE\` writes a page, \`--rows FILE\` lists
every row that would be quarantined. With \`--plan FILE\` it assesses what a reviewed plan decides, its policies included.

The rows that it foretells are exactly those that \`migrate\` then quarantines; a test holds the two together over every database
of the tests. Time for reading, for telling refused rows, for foreign keys and for uniqueness is shown apart.

Verdict: **ready** (exit code 0), **ready with decisions** (1: rows or objects would not arrive as they are unless the plan says
otherwise), **blocked** (3). A finding is a \`blocker\`, a \`decision\`, a \`notice\` (it arrives in another form, or wants care) or
an \`info\`.

${sections.join('\n')}`;
}

/** name of the page → its text */
export async function pages() {
  return { 'errors.md': await errors(), 'metrics.md': await metrics(), 'configuration.md': await configuration(), 'cli.md': cli(), 'assess.md': await assess() };
}

export function outOfDate(made) {
  const stored = (name) => (existsSync(join(ROOT, 'docs', name)) ? readFileSync(join(ROOT, 'docs', name), 'utf8') : '');
  return Object.entries(made).filter(([name, text]) => stored(name) !== text).map(([name]) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await pages();
  const old = outOfDate(made);
  if (process.argv.includes('--check')) {
    for (const name of old) process.stderr.write(`docs/${name} is out of date: node scripts/make-docs.mjs\n`);
    process.exitCode = old.length === 0 ? 0 : 1;
  } else {
    for (const name of old) writeFileSync(join(ROOT, 'docs', name), made[name]);
    process.stdout.write(`${Object.keys(made).length} pages, ${old.length} written\n`);
  }
}

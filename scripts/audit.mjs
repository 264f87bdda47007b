// Known weaknesses of the packages that are shipped: `node scripts/audit.mjs`. Fails from level high on. Where the registry
// does not answer such questions (mirrors often do not) it says so and passes: the merge is judged again where one does.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATH = `${join(ROOT, '.tools', 'node_modules', '.bin')}:${process.env.PATH}`;
const run = spawnSync('pnpm', ['audit', '--prod', '--json'], { cwd: ROOT, encoding: 'utf8', timeout: 60_000, env: { ...process.env, PATH } });
const answer = parsed(run.stdout);
const counts = answer?.metadata?.vulnerabilities;
if (counts === undefined) {
  process.stdout.write('audit: not possible here, the registry gave no answer\n');
} else {
  process.stdout.write(`audit: ${Object.entries(counts).map(([level, n]) => `${n} ${level}`).join(', ')}\n`);
  for (const { severity, module_name, title, url } of Object.values(answer.advisories ?? {})) process.stdout.write(`  ${severity}: ${module_name}: ${title} ${url}\n`);
  process.exitCode = counts.high + counts.critical > 0 ? 1 : 0;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

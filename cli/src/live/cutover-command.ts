/** `causeway cutover` and `causeway rollback`: the same controller towards the one side or the other. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { DEFAULT_LIMITS } from '@causeway/control/cutover/gates';
import { recordedStep } from '@causeway/control/cutover/step-record';
import { type Command, Option } from 'commander';
import { backupAfterSwitch, backupsFolder } from '../backup/automatic-backup.ts';
import type { CliContext } from '../run-cli.ts';
import { migrationFolder, stateFolder } from '../state-folder.ts';
import { cutoverWork } from './cutover-work.ts';
import type { GateCommand } from './gate-command.ts';
import { type LiveFlags, type LiveSession, withLive } from './live-session.ts';
import { performSwitch, type SwitchOutcome } from './perform-switch.ts';
import { narrate, narrationText } from './narrate-switch.ts';
import { rehearsedDurations } from './rehearsed-durations.ts';

interface SwitchFlags extends LiveFlags {
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly postponeFile?: string;
  readonly onSwitch?: string;
  readonly gate?: string;
  readonly gateProcess?: string;
  readonly gateDeadline: string;
  readonly acceptQuarantine?: boolean;
  readonly readyWithin: string;
  readonly deadline: string;
  readonly maxLag: string;
  readonly maxUnverified: string;
  readonly backup?: boolean;
}

type Goal = 'cutover' | 'rollback';

export function registerCutover(program: Command, context: CliContext): void {
  register(program, context, 'cutover', 'switch to PostgreSQL: fence SQLite, drain, verify, open PostgreSQL; the way back stays open');
  register(program, context, 'rollback', 'go back to SQLite: close PostgreSQL, drain the way back, verify, lift the fence of SQLite');
}

function register(program: Command, context: CliContext, goal: Goal, description: string): void {
  const command = program.command(goal);
  if (goal === 'cutover') command.option('--no-backup', 'do not back up PostgreSQL once it is the primary');
  command
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--dry-run', 'show the gates and the steps with expected durations; do nothing')
    .option('--undo', 'undo an attempt that was cut off, and go on with the side that was the primary before')
    .option('--postpone-file <file>', 'do not begin while this file exists')
    .option('--on-switch <command>', 'run through the shell once the other side is open: restart, flip an environment, reload a pooler; CAUSEWAY_PRIMARY tells it which')
    .option('--gate <command>', 'run through the shell before anything is fenced, with CAUSEWAY_GATE=close: it ends when the application holds its writes and has ended those in flight; and with CAUSEWAY_GATE=open when the attempt is through or undone; CAUSEWAY_PRIMARY tells where writes go')
    .addOption(new Option('--gate-process <command>', 'the same as one program, started before anything is closed, so that nobody waits for its start: it is told lines on standard input (close sqlite 3, open postgresql 3) and answers each with done or failed WHY').conflicts('gate'))
    .addOption(new Option('--gate-deadline <seconds>', 'undo the attempt when the gate is not closed by then').default('10'))
    .option('--accept-quarantine', 'go on although rows are in the quarantine')
    .addOption(new Option('--ready-within <seconds>', 'wait so long for the gates').default('60'))
    .addOption(new Option('--deadline <seconds>', 'undo the attempt when it is not through by then').default('30'))
    .addOption(new Option('--max-lag <changes>', 'begin only when at most so many changes wait').default(String(DEFAULT_LIMITS.maxLagChanges)))
    .addOption(new Option('--max-unverified <rows>', 'begin only when at most so many changed rows are not verified').default(String(DEFAULT_LIMITS.maxUnverified)))
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .description(description)
    .action((flags: SwitchFlags) => withLive(flags, context, (session) => runSwitch(session, goal, flags, context)));
}

async function runSwitch(session: LiveSession, goal: Goal, flags: SwitchFlags, context: CliContext): Promise<void> {
  const { pool, g, live } = session;
  const limits = { maxLagChanges: amount(flags.maxLag, '--max-lag'), maxUnverified: amount(flags.maxUnverified, '--max-unverified'), acceptQuarantine: flags.acceptQuarantine === true };
  const work = cutoverWork(session, { limits, onSwitch: flags.onSwitch, gate: gateOf(flags), signal: context.signal });
  if (flags.dryRun === true) {
    const narration = await narrate({ pool, migration: g.migration, goal, gates: await work.gates(goal), withGate: work.gate !== null, rehearsed: rehearsedDurations(migrationFolder(stateFolder(flags.state, context), session.record.name)) });
    context.stdout.write(flags.json === true ? `${JSON.stringify(narration)}\n` : narrationText(narration));
    return;
  }
  const done = goal === 'cutover' ? 'switched' : 'following';
  if (live.phase === done && goal === 'rollback') {
    context.stderr.write('SQLite is the primary already: nothing to do\n');
  }
  await postponed(flags, context);
  const outcome = await performSwitch(session, flags.undo === true ? 'undo' : goal, work, {
    readyWithinMs: amount(flags.readyWithin, '--ready-within') * 1_000,
    deadlineMs: amount(flags.deadline, '--deadline') * 1_000,
    signal: context.signal,
    tell: teller(flags, context),
  });
  if (goal === 'rollback' && flags.undo !== true && flags.onSwitch !== undefined && live.phase !== 'following') {
    await recordedStep(pool, { migration: g.migration, attempt: BigInt(outcome.attempt), direction: goal }, 'switch', () => work.runSwitch(goal, BigInt(outcome.attempt)));
  }
  const switched = goal === 'cutover' && outcome.phase === 'switched' && live.phase !== 'switched';
  if (flags.json !== true) printOutcome(outcome, context);
  const backup = switched && flags.backup !== false ? await backupAfterSwitch({ url: session.url, root: backupsFolder(stateFolder(flags.state, context)), reason: `after cutover ${outcome.attempt}`, context, tell: teller(flags, context) }, (text) => void context.stderr.write(`${text}\n`)) : null;
  if (flags.json === true) context.stdout.write(`${JSON.stringify({ goal, ...outcome, backup })}\n`);
}

function gateOf(flags: SwitchFlags): GateCommand | undefined {
  const command = flags.gateProcess ?? flags.gate;
  return command === undefined ? undefined : { command, stays: flags.gateProcess !== undefined, deadlineMs: amount(flags.gateDeadline, '--gate-deadline') * 1_000 };
}

const teller = (flags: SwitchFlags, { stderr }: CliContext) => (text: string): void => (flags.json === true ? undefined : void stderr.write(`${text}\n`));

async function postponed({ postponeFile }: SwitchFlags, context: CliContext): Promise<void> {
  if (postponeFile === undefined) return;
  const file = resolve(context.cwd, postponeFile);
  if (existsSync(file)) context.stderr.write(`postponed while ${file} exists\n`);
  while (existsSync(file)) await sleep(200, undefined, { signal: context.signal });
}

function printOutcome(outcome: SwitchOutcome, context: CliContext): void {
  const { phase, authoritative, attempt, closedMs, steps } = outcome;
  for (const { step, ms } of steps) context.took(step, ms / 1000);
  for (const s of steps) context.stdout.write(`  ${s.step}: ${s.state}, ${s.ms} ms\n`);
  const time = closedMs === null ? '' : ` Nobody could write for ${Math.round(closedMs)} ms.`;
  const next = phase === 'switched' ? '`causeway rollback` goes back, `causeway complete` ends the migration.' : '`causeway cutover` switches again.';
  context.stdout.write(`${authoritative === 'postgresql' ? 'PostgreSQL' : 'SQLite'} is authoritative now (attempt ${attempt}).${time} ${next}\n`);
}

function amount(text: string, option: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new Failure('USAGE', `${option} ${JSON.stringify(text)} is not a number`);
  return value;
}

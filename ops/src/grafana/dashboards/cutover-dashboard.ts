/** Before, during and after a switch: may it begin, where is it, for how long can nobody write, can one go back. */
import { ANY_IS_BAD, type Dashboard, fallsTo, PLAIN, risesTo, type Row } from '../panel.ts';
import { M, MIGRATION } from './selectors.ts';

const READY: Row = {
  title: 'May it begin',
  panels: [
    { title: 'Red gates', description: 'Gates of the next cutover or rollback that are not green. 0: it may begin. While one is under way they are not asked.', kind: 'stat', unit: 'short', width: 4, thresholds: ANY_IS_BAD, queries: [{ expr: `count(max by (goal, gate) (causeway_migration_gate_green{${M}})) - sum(max by (goal, gate) (causeway_migration_gate_green{${M}}))` }] },
    { title: 'Attempt', description: 'Number of the last cutover or rollback.', kind: 'stat', unit: 'none', width: 4, thresholds: PLAIN, queries: [{ expr: `max(causeway_migration_attempt{${M}})` }] },
    { title: 'Target', description: 'Whether PostgreSQL is a committed state of SQLite, or is applying a backlog.', kind: 'stat', unit: 'none', width: 4, words: { 0: { text: 'consistent', color: 'green' }, 1: { text: 'catching up', color: 'orange' } }, runbook: 'lag-high', queries: [{ expr: `max(causeway_migration_catching_up{${M}})` }] },
    { title: 'Gates', description: 'Each gate of the next switch over time; `causeway cutover --dry-run` says what makes a red one green.', kind: 'state', unit: 'none', width: 12, height: 9, words: { 0: { text: 'red', color: 'red' }, 1: { text: 'green', color: 'green' } }, queries: [{ expr: `min by (goal, gate) (causeway_migration_gate_green{${M}})`, legend: '{{goal}}: {{gate}}' }] },
    { title: 'Phase', description: 'following → switching → switched; returning leads back.', kind: 'state', unit: 'none', width: 12, height: 9, words: { 0: { text: ' ', color: 'text' }, 1: { text: 'here', color: 'blue' } }, queries: [{ expr: `max by (phase) (causeway_migration_phase{${M},phase=~"loading|following|switching|switched|returning|completed"})`, legend: '{{phase}}' }] },
  ],
};

const FENCE: Row = {
  title: 'The switch',
  panels: [
    { title: 'Nobody can write, now', description: 'Time for which both sides have been closed by now; 0 while one is open. More than 15 seconds wakes somebody.', kind: 'stat', unit: 's', width: 4, decimals: 1, thresholds: risesTo(5, 15), runbook: 'fence-held', queries: [{ expr: `max(causeway_migration_fence_held_seconds{${M}})` }] },
    { title: 'Nobody could write, last time', description: 'From the fence to the opening of the other side, by direction.', kind: 'stat', unit: 's', width: 8, decimals: 2, thresholds: risesTo(3, 15), queries: [{ expr: `max by (direction) (causeway_migration_fence_last_seconds{${M}})`, legend: '{{direction}}' }] },
    { title: 'All switches of this migration', description: 'How many took at most so long.', kind: 'bargauge', unit: 'short', width: 12, thresholds: PLAIN, queries: [{ expr: `sum by (le) (max by (le, direction) (causeway_migration_fence_seconds_bucket{${M}}))`, legend: '≤ {{le}} s' }] },
    { title: 'Steps of the last attempt', description: 'How long each took, until now while it runs. The drain and the comparison under the fence are most of the time that nobody can write.', kind: 'bargauge', unit: 's', width: 12, thresholds: risesTo(3, 15), queries: [{ expr: `max by (step) (causeway_migration_step_seconds{${M}})`, legend: '{{step}}' }] },
    { title: 'Step at work', description: 'The step that runs.', kind: 'state', unit: 'none', width: 12, words: { 0: { text: ' ', color: 'text' }, 1: { text: 'runs', color: 'orange' } }, queries: [{ expr: `max by (step) (causeway_migration_step_running{${M}})`, legend: '{{step}}' }] },
    { title: 'Mean time under the fence', description: 'Over all cutovers and rollbacks of the record.', kind: 'stat', unit: 's', width: 12, decimals: 2, thresholds: risesTo(3, 15), queries: [{ expr: `sum by (direction) (max by (direction, service) (causeway_migration_fence_seconds_sum{${M}})) / sum by (direction) (max by (direction, service) (causeway_migration_fence_seconds_count{${M}}))`, legend: '{{direction}}' }] },
    { title: 'Behind', description: 'What a fence would have to wait for.', kind: 'timeseries', unit: 'short', width: 12, runbook: 'lag-high', queries: [{ expr: `max(causeway_extractor_target_lag_changes{${M}})`, legend: 'changes not applied' }, { expr: `max(causeway_validator_unverified_changes{${M}})`, legend: 'changes not verified' }] },
  ],
};

const BACK: Row = {
  title: 'The way back',
  panels: [
    { title: 'Armed', description: 'Every table of PostgreSQL has the triggers of the way back. From the switch on they must stand.', kind: 'stat', unit: 'none', width: 4, words: { 0: { text: 'not armed', color: 'orange' }, 1: { text: 'armed', color: 'green' } }, runbook: 'way-back-broken', queries: [{ expr: `max(causeway_migration_back_armed{${M}})` }] },
    { title: 'Problems', description: 'Reasons why a rollback would lose something, by kind.', kind: 'bargauge', unit: 'short', width: 8, thresholds: ANY_IS_BAD, runbook: 'way-back-broken', queries: [{ expr: `max by (kind) (causeway_migration_back_problems{${M}})`, legend: '{{kind}}' }] },
    { title: 'SQLite behind its fence', description: 'Whether something was made or dropped in SQLite that its triggers cannot stop, while it was not the primary.', kind: 'stat', unit: 'none', width: 12, words: { 0: { text: 'untouched', color: 'green' }, 1: { text: 'touched', color: 'red' } }, runbook: 'fence-passed', queries: [{ expr: `max(causeway_validator_source_touched{${M}})` }] },
    { title: 'Waiting', description: 'Entries of the queue of the way back.', kind: 'timeseries', unit: 'short', width: 12, runbook: 'way-back-lag', queries: [{ expr: `max(causeway_extractor_back_queue_entries{${M}})`, legend: 'entries' }] },
    { title: 'SQLite is behind', description: 'Age of the oldest entry in the queue; and from a write in PostgreSQL to its arrival in SQLite, at the last one.', kind: 'timeseries', unit: 's', width: 12, runbook: 'way-back-lag', queries: [{ expr: `max(causeway_extractor_back_lag_seconds{${M}})`, legend: 'oldest that waits' }, { expr: `max(causeway_loader_back_lag_seconds{${M}})`, legend: 'at the last arrival' }] },
    { title: 'Written back', description: 'Rows and cells written in SQLite, and keys published for it, a second.', kind: 'timeseries', unit: 'ops', width: 12, queries: [{ expr: `sum(rate(causeway_loader_back_rows_total{${M}}[$__rate_interval]))`, legend: 'rows' }, { expr: `sum(rate(causeway_loader_back_cells_total{${M}}[$__rate_interval]))`, legend: 'cells' }, { expr: `sum(rate(causeway_extractor_back_keys_published_total{${M}}[$__rate_interval]))`, legend: 'keys published' }] },
    { title: 'Backups', description: 'Age of the newest backup; a verified one stands before every `complete`.', kind: 'stat', unit: 's', width: 6, thresholds: risesTo(90_000, 93_600), runbook: 'backup-too-old', queries: [{ expr: 'time() - max(causeway_backup_last_success_timestamp_seconds)' }] },
    { title: 'Restore proved', description: 'Whether the newest backup was restored and found equal.', kind: 'stat', unit: 'none', width: 6, words: { 0: { text: 'not proved', color: 'orange' }, 1: { text: 'proved', color: 'green' } }, thresholds: fallsTo(1, 0), runbook: 'backup-unproved', queries: [{ expr: 'max(causeway_backup_last_verified)' }] },
  ],
};

export const CUTOVER_DASHBOARD: Dashboard = {
  uid: 'causeway-cutover',
  title: 'Causeway: Cutover',
  description: 'Gates, steps, time under the fence, health of the way back.',
  variables: [MIGRATION],
  rows: [READY, FENCE, BACK],
};

/** Where the migration stands: what a person looks at first. */
import { ANY_IS_BAD, type Dashboard, PLAIN, risesTo, type Row } from '../panel.ts';
import { M, MIGRATION } from './selectors.ts';

const STANDS: Row = {
  title: 'Where it stands',
  panels: [
    { title: 'Phase', description: 'The phase that the control record has.', kind: 'stat', unit: 'none', width: 4, showName: true, thresholds: PLAIN, queries: [{ expr: `max by (phase) (causeway_migration_phase{${M}}) == 1`, legend: '{{phase}}' }] },
    { title: 'Applications write to', description: 'The authoritative side. Nobody: a cutover or a rollback has fenced both.', kind: 'stat', unit: 'none', width: 4, showName: true, thresholds: PLAIN, runbook: 'fence-held', queries: [{ expr: `max by (side) (causeway_migration_authoritative{${M}}) == 1`, legend: '{{side}}' }] },
    { title: 'In this phase for', description: 'Time since the phase was entered.', kind: 'stat', unit: 's', width: 4, thresholds: PLAIN, queries: [{ expr: `max(causeway_migration_phase_age_seconds{${M}})` }] },
    { title: 'Behind', description: 'Age of the oldest change of SQLite that PostgreSQL has not applied; below a second is normal.', kind: 'stat', unit: 's', width: 4, decimals: 1, thresholds: risesTo(10, 60), runbook: 'lag-high', queries: [{ expr: `max(causeway_extractor_target_lag_seconds{${M}})` }] },
    { title: 'Rows that differ', description: 'Divergences that stand open. Anything but 0 is an incident.', kind: 'stat', unit: 'short', width: 4, thresholds: ANY_IS_BAD, runbook: 'mismatch', queries: [{ expr: `max(causeway_migration_open_divergences{${M}})` }] },
    { title: 'Quarantine', description: 'Rows that PostgreSQL cannot hold. A cutover waits until they are corrected or accepted.', kind: 'stat', unit: 'short', width: 4, thresholds: [{ from: null, color: 'green' }, { from: 0.5, color: 'orange' }], runbook: 'quarantine', queries: [{ expr: `sum(max by (table) (causeway_migration_quarantined_rows{${M}}))` }] },
    { title: 'Oldest unverified change', description: 'Age of the oldest change that was not yet compared on both sides. No value: the validator does not know, because the extractor is down or PostgreSQL is the primary.', kind: 'stat', unit: 's', width: 6, decimals: 1, thresholds: risesTo(60, 300), runbook: 'validator-stale', queries: [{ expr: `max(causeway_validator_oldest_unverified_seconds{${M}})` }] },
    { title: 'Last pass over all rows', description: 'Time since every row was compared last.', kind: 'stat', unit: 's', width: 6, thresholds: risesTo(43_200, 86_400), runbook: 'pass-old', queries: [{ expr: `max(causeway_validator_pass_age_seconds{${M}})` }] },
    { title: 'Services', description: 'Services that answer and can work now.', kind: 'state', unit: 'none', width: 12, words: { 0: { text: 'not ready', color: 'red' }, 1: { text: 'ready', color: 'green' } }, runbook: 'service-down', queries: [{ expr: `max by (service) (causeway_service_ready{${M}})`, legend: '{{service}}' }] },
  ],
};

const PROGRESS: Row = {
  title: 'Snapshot',
  panels: [
    { title: 'Loaded, by table', description: 'Rows in PostgreSQL (quarantine included) of those that the table has, about.', kind: 'bargauge', unit: 'percentunit', width: 12, thresholds: [{ from: null, color: 'blue' }, { from: 1, color: 'green' }], queries: [{ expr: `max by (table) (causeway_extractor_table_loaded_rows{${M}}) / clamp_min(max by (table) (causeway_extractor_table_expected_rows{${M}}), 1)`, legend: '{{table}}' }] },
    { title: 'Loaded in, by table', description: 'Time until a table is loaded, by the rate of the last minute; 0 once it is.', kind: 'bargauge', unit: 's', width: 8, thresholds: PLAIN, queries: [{ expr: `max by (table) (causeway_extractor_table_eta_seconds{${M}})`, legend: '{{table}}' }] },
    { title: 'All loaded in', description: 'The slowest table decides.', kind: 'stat', unit: 's', width: 4, thresholds: PLAIN, queries: [{ expr: `max(causeway_extractor_table_eta_seconds{${M}})` }] },
    { title: 'Rows loaded', description: 'Rows of the snapshot committed in PostgreSQL, a second.', kind: 'timeseries', unit: 'ops', width: 12, queries: [{ expr: `sum(rate(causeway_loader_rows_loaded_total{${M}}[$__rate_interval]))`, legend: 'loaded' }, { expr: `sum(rate(causeway_extractor_rows_published_total{${M}}[$__rate_interval]))`, legend: 'read' }] },
    { title: 'Rows in the quarantine, by table', description: 'A table that suddenly has some has changed its kind of values.', kind: 'timeseries', unit: 'short', width: 12, runbook: 'quarantine', queries: [{ expr: `max by (table) (causeway_migration_quarantined_rows{${M}})`, legend: '{{table}}' }] },
  ],
};

const FOLLOWING: Row = {
  title: 'Following',
  panels: [
    { title: 'Behind, in changes', description: 'Log ids that PostgreSQL has not applied.', kind: 'timeseries', unit: 'short', width: 12, runbook: 'lag-high', queries: [{ expr: `max(causeway_extractor_target_lag_changes{${M}})`, legend: 'by the extractor' }, { expr: `max(causeway_validator_lag_changes{${M}})`, legend: 'by the validator' }] },
    { title: 'Behind, in time', description: 'Not applied: the oldest waiting change. At the last commit: from first sight to COMMIT. Not published: waits for the brokers.', kind: 'timeseries', unit: 's', width: 12, runbook: 'lag-high', queries: [{ expr: `max(causeway_extractor_target_lag_seconds{${M}})`, legend: 'not applied' }, { expr: `max(causeway_loader_change_lag_seconds{${M}})`, legend: 'at the last commit' }, { expr: `max(causeway_extractor_change_lag_seconds{${M}})`, legend: 'not published' }] },
    { title: 'Changes', description: 'Changed keys a second: published by the extractor, applied by the loader.', kind: 'timeseries', unit: 'ops', width: 12, queries: [{ expr: `sum(rate(causeway_extractor_changes_published_total{${M}}[$__rate_interval]))`, legend: 'published' }, { expr: `sum(rate(causeway_loader_changes_applied_total{${M}}[$__rate_interval]))`, legend: 'applied' }] },
    { title: 'Positions', description: 'The newest log id of SQLite, and how far each is. Lines that run together are healthy; one that is flat below another has stopped.', kind: 'timeseries', unit: 'short', width: 12, queries: [{ expr: `max(causeway_extractor_source_position{${M}})`, legend: 'SQLite' }, { expr: `max(causeway_extractor_published_position{${M}})`, legend: 'published' }, { expr: `max(causeway_migration_applied_position{${M}})`, legend: 'applied' }, { expr: `max(causeway_validator_verified_position{${M}})`, legend: 'verified' }] },
    { title: 'Verification', description: 'Rows compared on both sides, a second; changes that wait for it.', kind: 'timeseries', unit: 'short', width: 12, runbook: 'validator-stale', queries: [{ expr: `sum(rate(causeway_validator_rows_verified_total{${M}}[$__rate_interval]))`, legend: 'rows compared a second' }, { expr: `max(causeway_validator_unverified_changes{${M}})`, legend: 'changes unverified' }] },
    { title: 'Rows that differ', description: 'Open now, and found since the validator began. Found and gone again is a row that was put right, by repair or by a later write.', kind: 'timeseries', unit: 'short', width: 12, runbook: 'mismatch', queries: [{ expr: `max(causeway_migration_open_divergences{${M}})`, legend: 'open' }, { expr: `sum(causeway_validator_mismatches_total{${M}})`, legend: 'found' }] },
    { title: 'Signs of life', description: 'Time since each service has last written its beat into the record. Once a second is normal.', kind: 'timeseries', unit: 's', width: 12, runbook: 'service-down', queries: [{ expr: `max by (of) (causeway_migration_service_beat_age_seconds{${M}})`, legend: '{{of}}' }] },
    { title: 'Passes over all rows', description: 'How long the last pass took, and how many there were since this side became the primary.', kind: 'timeseries', unit: 'short', width: 12, runbook: 'pass-old', queries: [{ expr: `max(causeway_validator_pass_seconds{${M}})`, legend: 'seconds of the last' }, { expr: `max(causeway_validator_passes{${M}})`, legend: 'passes' }] },
  ],
};

export const MIGRATION_DASHBOARD: Dashboard = {
  uid: 'causeway-migration',
  title: 'Causeway: Migration',
  description: 'Phase, progress, lag, verification.',
  variables: [MIGRATION],
  rows: [STANDS, PROGRESS, FOLLOWING],
};

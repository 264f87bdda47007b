/** What a command leaves in the file of --metrics-file, for the textfile collector of node_exporter. */
import { gauge } from './metric.ts';

export const COMMAND_METRICS = {
  command_last_run_timestamp_seconds: gauge('When a command has last ended.', 'command'),
  command_last_success_timestamp_seconds: gauge('When a command has last ended with exit code 0.', 'command'),
  command_duration_seconds: gauge('How long the last run of a command took.', 'command'),
  command_exit_code: gauge('Exit code of the last run of a command.', 'command'),
  command_step_seconds: gauge('Duration of a step of the last run of a command.', 'command', 'step'),
} as const;

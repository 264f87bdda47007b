/**
 * Configuration as a declared table: each setting has a type, a default with its reason, an environment name and one
 * line of help. Unknown CAUSEWAY_* variables fail, so that a misspelt setting is not silently ignored.
 */
import { Failure } from '@causeway/contracts/failures';

export interface Setting<T> {
  readonly env: string;
  readonly help: string;
  readonly parse: (text: string) => T;
  /** Absent: the setting is required. */
  readonly fallback?: T;
  readonly secret?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a table mixes settings of different types
export type SettingTable = Readonly<Record<string, Setting<any>>>;
export type Settings<T extends SettingTable> = { readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : never };

export const text = (value: string): string => value;

export const wholeNumber =
  (min: number, max: number) =>
  (value: string): number => {
    const n = Number(value);
    if (!Number.isInteger(n) || n < min || n > max) throw new Error(`must be a whole number from ${min} to ${max}`);
    return n;
  };

export const oneOf =
  <T extends string>(...allowed: readonly T[]) =>
  (value: string): T => {
    if (!allowed.includes(value as T)) throw new Error(`must be one of ${allowed.join(', ')}`);
    return value as T;
  };

/** Reads a table from an environment. Throws CONFIG_INVALID naming the variable, never its value if it is secret. */
export function readSettings<T extends SettingTable>(table: T, environment: Readonly<Record<string, string | undefined>>): Settings<T> {
  const out: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    const given = environment[setting.env];
    if (given === undefined || given === '') {
      if (!('fallback' in setting)) throw new Failure('CONFIG_INVALID', `${setting.env} is required: ${setting.help}`);
      out[name] = setting.fallback;
      continue;
    }
    try {
      out[name] = setting.parse(given);
    } catch (cause) {
      throw new Failure('CONFIG_INVALID', `${setting.env} ${(cause as Error).message}`, { cause });
    }
  }
  return out as Settings<T>;
}

/** One line a setting, secrets redacted. */
export function printSettings<T extends SettingTable>(table: T, settings: Settings<T>): string {
  return Object.entries(table)
    .map(([name, setting]) => `${setting.env}=${setting.secret ? '(set, not shown)' : String(settings[name as keyof T] ?? '')}   # ${setting.help}`)
    .join('\n');
}

/** Every fail point of the product, read from its sources, so that none is forgotten. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const PARTS = ['packages', 'services', 'cli'];
const CALL = /\bfailPoint\((['"`])(.+?)\1\)/g;

/** Which process passes a point, by the first part of its name. */
export type Passer = 'extractor' | 'loader' | 'validator' | 'command' | 'cutover' | 'rollback' | 'complete';

/** Points that stand for those of every step: `${direction}.${step}.before`. */
const isPattern = (name: string): boolean => name.includes('${');

/** Names as they stand in the code, patterns left out. */
export function pointsInCode(): string[] {
  const names = new Set<string>();
  for (const part of PARTS) {
    for (const entry of readdirSync(join(ROOT, part), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/\/src\/.*(?<!\.test)\.ts$/.test(path) || path.includes('/node_modules/')) continue;
      for (const [, , name] of readFileSync(path, 'utf8').matchAll(CALL)) if (!isPattern(name as string)) names.add(name as string);
    }
  }
  return [...names].sort();
}

export function passerOf(point: string): Passer {
  const first = point.split('.')[0] as string;
  return first === 'cli' ? 'command' : (first as Passer);
}

/**
 * Points that a clean run of the suite's application does not pass, each with the reason. What is neither passed nor
 * named here fails the suite.
 */
export const NOT_PASSED: Readonly<Record<string, string>> = {
  'loader.after_stage': 'only batches of a size that this application never makes; services/loader/src/stream/crashed-loader.e2e.test.ts kills there',
  'extractor.schema_after_record': 'only where the application changes its schema; tests/live/schema-change.e2e.test.ts',
  'extractor.schema_after_source': 'only where the application changes its schema; tests/live/schema-change.e2e.test.ts',
  'loader.schema_before_commit': 'only where the application changes its schema; tests/live/schema-change.e2e.test.ts',
  'loader.schema_after_commit': 'only where the application changes its schema; tests/live/schema-change.e2e.test.ts',
};

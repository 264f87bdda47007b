import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ScrapeTargets } from './scrape-targets.ts';

test('a file that cannot be written now is written later, and ends no command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-targets-'));
  const targets = new ScrapeTargets(folder, 'm', '::');
  const inTheWay = join(folder, 'prometheus-targets.json.new');
  try {
    mkdirSync(inTheWay);
    targets.add('loader', 1234);
    rmSync(inTheWay, { recursive: true });
    targets.add('extractor', 1235);
    expect(JSON.parse(readFileSync(join(folder, 'prometheus-targets.json'), 'utf8'))).toEqual([
      { targets: ['127.0.0.1:1234'], labels: { service: 'loader', migration: 'm' } },
      { targets: ['127.0.0.1:1235'], labels: { service: 'extractor', migration: 'm' } },
    ]);
  } finally {
    targets.remove();
    rmSync(folder, { recursive: true });
  }
});

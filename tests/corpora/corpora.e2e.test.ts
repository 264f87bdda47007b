/** Every real database beside the repository: equal, or quarantined exactly as was foretold. */
import { basename } from 'node:path';
import { expect, test } from '@jest/globals';
import { openBench } from '@causeway/testkit/causeway-command';
import { CORPORA, findDatabases } from './find-databases.ts';
import { proveDatabase } from './prove-database.ts';

const files = findDatabases(CORPORA);

if (files.length === 0) test.skip('the corpora are not beside the repository (../shared/corpora/dev)', () => {});
else
  test.concurrent.each(files.map((file): [string, string] => [basename(file), file]))(
    '%s',
    async (_name, file) => {
      const bench = await openBench('corpus');
      try {
        expect((await proveDatabase(bench, file)).problems).toEqual([]);
      } finally {
        await bench.close();
      }
    },
    180_000,
  );

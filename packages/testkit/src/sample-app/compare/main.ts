/** `main.js --ledger FILE [--sqlite FILE] [--postgres URL] [--schema NAME]`: prints the verdict as JSON, ends with 1 unless all is as acknowledged. */
import { parseArgs } from 'node:util';
import { compareLedger } from './compare-ledger.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { ledger: text, sqlite: text, postgres: text, schema: text } });
if (values.ledger === undefined) throw new Error('usage: main.js --ledger FILE [--sqlite FILE] [--postgres URL] [--schema NAME]');
const verdict = await compareLedger({ ...values, ledger: values.ledger });
process.stdout.write(`${JSON.stringify(verdict, null, 1)}\n`);
process.exitCode = verdict.equal ? 0 : 1;

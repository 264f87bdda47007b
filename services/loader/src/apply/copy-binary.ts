/** COPY … FROM STDIN (FORMAT binary) of tuples that are already in binary form. */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export const COPY_HEADER = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);

export function copyStatement(contract: TableContract): string {
  const names = [...(contract.keyless ? [ROWID_COLUMN] : []), ...contract.columns.map((c) => c.target)];
  return `COPY ${qualifiedName(contract.targetSchema, contract.target)} (${names.map(quoteIdentifier).join(', ')}) FROM STDIN (FORMAT binary)`;
}

/**
 * Sends the chunks in order. A chunk's memory may be used again when `next` is asked for the one after: the stream has
 * handed it to the socket by then. Throws PostgreSQL's error.
 */
export async function copyBinary(client: pg.ClientBase, contract: TableContract, chunks: Iterable<Buffer>): Promise<void> {
  const stream = client.query(copyFrom(copyStatement(contract)));
  const ended = new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve);
    stream.once('error', reject);
  });
  // The error is taken below; without a handler now it would count as unhandled when a write fails first.
  ended.catch(() => {});
  stream.write(COPY_HEADER);
  for (const chunk of chunks) {
    if (stream.errored !== null) break;
    await Promise.race([new Promise<void>((sent) => stream.write(chunk, () => sent())), ended]);
  }
  stream.end(COPY_TRAILER);
  await ended;
}

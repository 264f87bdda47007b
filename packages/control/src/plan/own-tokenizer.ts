/** Tokenizers that only the application's own connection knows: FTS5 reads such a table, and cannot write it. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

/** A search needs the tokenizer, and changes nothing. */
export function ownTokenizer(db: SourceDatabase, table: string): { readonly ownTokenizer?: string } {
  const name = quoteIdentifier(table);
  try {
    db.prepare(`SELECT 1 FROM ${name} WHERE ${name} MATCH 'x' LIMIT 1`).get();
  } catch (error) {
    const [, tokenizer] = /^(?:no such|unknown) tokenizer: (.+)$/.exec((error as Error).message) ?? [];
    if (tokenizer !== undefined) return { ownTokenizer: tokenizer };
  }
  return {};
}

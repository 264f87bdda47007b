/** Documents: JSON, full text, blobs from none to larger than any Kafka message. */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { momentText, OPEN_DAYS } from '../sample-calendar.ts';
import { prose } from '../sample-words.ts';

const tables = `
CREATE TABLE document (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, content TEXT NOT NULL CHECK (json_valid(content)),
  kind_upper TEXT GENERATED ALWAYS AS (upper(kind)) VIRTUAL, created_at DATETIME NOT NULL, author_id INTEGER REFERENCES app_user (id)
);
CREATE VIRTUAL TABLE document_search USING fts5 (title, body, tokenize = 'unicode61');
CREATE TABLE attachment (
  id CHAR(36) NOT NULL PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE, file_name TEXT NOT NULL,
  media_type VARCHAR(80) NOT NULL DEFAULT 'application/octet-stream', data BLOB, size_bytes INTEGER GENERATED ALWAYS AS (length(data)) STORED
);
CREATE TABLE note (id INTEGER PRIMARY KEY, about_table TEXT NOT NULL, about_key TEXT NOT NULL, body TEXT, pinned BOOLEAN NOT NULL DEFAULT 0, written_at DATETIME NOT NULL);
`;

const extras = `
CREATE INDEX document_kind ON document (upper(kind));
CREATE INDEX note_about ON note (about_table, about_key);
CREATE INDEX note_pinned ON note (written_at DESC) WHERE pinned = 1;
`;

/** Six times the default size of a Kafka message. */
const LARGE_BLOB_BYTES = 6 * 1024 * 1024;

function contentOf({ random, size }: ErpDesk, id: number): string {
  return JSON.stringify({
    id,
    // Beyond 2^53 and with more digits than a double has: both only survive as text, so they are strings here.
    reference: `${9_007_199_254_740_993n + BigInt(id)}`,
    net: random.integer(0, 9_999_999) / 100,
    lines: Array.from({ length: random.integer(0, 5) }, (_, n) => ({ n, product: random.integer(1, size.products), text: prose(random, 1) })),
    flags: { printed: random.oneIn(2), archived: null },
  });
}

function fillAttachments({ random, size, into }: ErpDesk): void {
  const attachment = into('attachment', 'id, document_id, file_name, media_type, data');
  for (let i = 0; i < size.attachments; i += 1) {
    const id = `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
    const bytes = i === 1 ? LARGE_BLOB_BYTES : i === 2 ? 0 : random.integer(1, 20_000);
    attachment(id, random.integer(1, size.documents), `Anhang ${i} – Übersicht.pdf`, random.pick(['application/pdf', 'image/png']), i === 3 ? null : random.bytes(bytes));
  }
}

export const documents: ErpDepartment = {
  name: 'documents',
  tables,
  extras,
  fill(desk) {
    const { random, size, into } = desk;
    const document = into('document', 'id, kind, title, content, created_at, author_id');
    const search = into('document_search', 'rowid, title, body');
    for (let id = 1; id <= size.documents; id += 1) {
      const title = `Document № ${id}`;
      document(id, random.pick(['offer', 'contract', 'letter', 'minutes']), title, contentOf(desk, id), momentText(random.integer(0, OPEN_DAYS), random), random.oneIn(9) ? null : random.integer(1, size.users));
      search(id, title, prose(random, random.integer(1, 4)));
    }
    fillAttachments(desk);
    const note = into('note', 'id, about_table, about_key, body, pinned, written_at');
    for (let i = 0; i < size.notes; i += 1) {
      const body = random.oneIn(10) ? null : random.oneIn(10) ? '' : prose(random, random.integer(1, 5));
      note(i - 5, random.pick(['company', 'product', 'Order Details']), String(random.integer(1, 9_999)), body, Number(random.oneIn(7)), momentText(random.integer(0, OPEN_DAYS), random));
    }
  },
};

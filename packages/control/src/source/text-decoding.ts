/** Decodes stored text strictly, in the encoding of its database. */

/** Decodes stored text: null where the bytes are not well-formed. */
export interface TextDecoding {
  (bytes: Uint8Array): string | null;
  readonly storesUtf8: boolean;
  /** Malformed sequences become U+FFFD, as the Encoding Standard says. */
  lenient(bytes: Uint8Array): string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `encoding` as PRAGMA encoding prints it. */
export function textDecoding(encoding: string): TextDecoding {
  const storesUtf8 = encoding === 'UTF-8';
  const lenient = new TextDecoder(storesUtf8 ? 'utf-8' : encoding === 'UTF-16be' ? 'utf-16be' : 'utf-16le', { ignoreBOM: true });
  // A copy of its own: each decoding has its own leniency.
  const strict = storesUtf8 ? (bytes: Uint8Array): string | null => fromUtf8(bytes) : fromUtf16(encoding === 'UTF-16be');
  return Object.assign(strict, { storesUtf8, lenient: (bytes: Uint8Array) => lenient.decode(bytes) });
}

function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

const fromUtf16 =
  (big: boolean) =>
  (bytes: Uint8Array): string | null => {
    const copy = Buffer.from(bytes);
    if (copy.length % 2 === 1) return null;
    const text = (big ? copy.swap16() : copy).toString('utf16le');
    return text.isWellFormed() ? text : null;
  };

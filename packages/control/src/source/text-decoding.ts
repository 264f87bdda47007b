/** Decodes stored text strictly, in the encoding of its database. */

/** Decodes stored text: null where the bytes are not well-formed. */
export interface TextDecoding {
  (bytes: Uint8Array): string | null;
  readonly storesUtf8: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `encoding` as PRAGMA encoding prints it. */
export function textDecoding(encoding: string): TextDecoding {
  const storesUtf8 = encoding === 'UTF-8';
  return Object.assign(storesUtf8 ? fromUtf8 : fromUtf16(encoding === 'UTF-16be'), { storesUtf8 });
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

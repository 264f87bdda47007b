/** Headers of a message as JSON text with base64 values: few and small, and legible in the file. */
type Headers = Readonly<Record<string, Buffer | string>>;

export function encodeHeaders(headers: Headers | undefined): string | null {
  const entries = Object.entries(headers ?? {});
  if (entries.length === 0) return null;
  return JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value as Buffer).toString('base64')])));
}

const NONE: Readonly<Record<string, Buffer>> = Object.freeze({});

export function decodeHeaders(text: string | null): Readonly<Record<string, Buffer>> {
  if (text === null) return NONE;
  const stored = JSON.parse(text) as Record<string, string>;
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, Buffer.from(value, 'base64')]));
}

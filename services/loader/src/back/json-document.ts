/**
 * JSON documents without loss: numbers stay the digits they are written with. Printed as jsonb orders and spells them,
 * two documents are equal when their texts are; printed compactly, as frameworks that leave out blanks write them.
 * Only for texts that jsonb takes (see conversion/json-text): valid, no duplicate keys, no lone surrogates.
 */

class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type JsonNode = string | boolean | null | JsonNumber | readonly JsonNode[] | ReadonlyMap<string, JsonNode>;

/** The document's tree. */
export function readJson(text: string): JsonNode {
  let at = 0;
  const blank = (): void => {
    while (' \n\r\t'.includes(text[at] ?? 'x')) at++;
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  };
  const list = <T>(close: string, item: () => T): T[] => {
    const out: T[] = [];
    at++;
    for (blank(); text[at] !== close; blank()) {
      if (text[at] === ',') at++;
      blank();
      out.push(item());
    }
    at++;
    return out;
  };
  const member = (): [string, JsonNode] => {
    const key = string();
    blank();
    at++;
    return [key, value()];
  };
  const value = (): JsonNode => {
    blank();
    const c = text[at];
    if (c === '"') return string();
    if (c === '[') return list(']', value);
    if (c === '{') return new Map(list('}', member));
    const atom = /[^\s,\]}]+/y;
    atom.lastIndex = at;
    const word = (atom.exec(text) as RegExpExecArray)[0];
    at += word.length;
    return word === 'true' ? true : word === 'false' ? false : word === 'null' ? null : new JsonNumber(word);
  };
  return value();
}

/** As jsonb prints it; `compact`: without blanks. */
export function printJson(node: JsonNode, compact = false): string {
  if (node instanceof JsonNumber) return plainNumber(node.text);
  if (typeof node === 'string') return jsonString(node);
  const comma = compact ? ',' : ', ';
  if (Array.isArray(node)) return `[${node.map((item) => printJson(item, compact)).join(comma)}]`;
  if (!(node instanceof Map)) return String(node);
  const members = [...(node as ReadonlyMap<string, JsonNode>)].map(([key, item]) => ({ bytes: Buffer.from(key), key, item }));
  members.sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return `{${members.map(({ key, item }) => `${jsonString(key)}${compact ? ':' : ': '}${printJson(item, compact)}`).join(comma)}}`;
}

/** jsonb escapes what JSON.stringify escapes, and U+007F and above not at all. */
function jsonString(text: string): string {
  return JSON.stringify(text);
}

/** Without exponent and without a sign on zero, its scale kept, as numeric prints it. */
function plainNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) as RegExpExecArray;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? `${'0'.repeat(1 - point)}${digits}` : digits.padEnd(point, '0');
  const at = point <= 0 ? 1 : point;
  const before = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const after = padded.slice(at);
  const out = after === '' ? before : `${before}.${after}`;
  return /[1-9]/.test(out) ? sign + out : out;
}

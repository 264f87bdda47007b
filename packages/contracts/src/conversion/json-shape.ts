/**
 * JSON documents of one column mostly share one shape: the same keys around other scalars. The shape of a document that
 * was proved once becomes a regular expression, which the runtime compiles; what matches it is valid, has the same
 * distinct keys and only numbers of a modest size. Whatever does not match is proved in full.
 */
import { jsonVerdict } from './json-text.ts';

// Surrogates, also escaped ones, and U+0000 are left to the full proof, as are control characters.
const PLAIN = '[^"\\\\\\u0000-\\u001f\\ud800-\\udfff]*';
const ESCAPE = '\\\\(?:["\\\\/bfnrt]|u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4})';
const TEXT = `"${PLAIN}(?:${ESCAPE}${PLAIN})*"`;
const NUMBER = '-?(?:0|[1-9]\\d{0,14})(?:\\.\\d{1,15})?';
const SCALAR = `(?:${TEXT}|${NUMBER}|true|false|null)`;
const BLANK = '[ \\n\\r\\t]*';

const SHAPES_KEPT = 8;
/** Longer documents are proved quickly enough by themselves, and their expressions grow with them. */
const SHAPE_CHARS = 2_000;
/** Columns whose documents have no shape in common must not pay for the attempt for ever. */
const GIVE_UP_AFTER = 1_000;

/** Known shapes, the last that matched first; one of these for the documents of one reader. */
export class JsonShapes {
  private readonly shapes: RegExp[] = [];
  private learned = 0;

  /** True where the text is JSON that jsonb holds without loss: `jsonVerdict(text) === 'ok'`, sooner. */
  holds(text: string): boolean {
    const { shapes } = this;
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i] as RegExp;
      if (!shape.test(text)) continue;
      if (i > 0) {
        shapes.splice(i, 1);
        shapes.unshift(shape);
      }
      return true;
    }
    if (jsonVerdict(text) !== 'ok') return false;
    if (this.learned < GIVE_UP_AFTER) this.learn(text);
    else shapes.length = 0;
    return true;
  }

  private learn(text: string): void {
    this.learned++;
    if (text.length > SHAPE_CHARS) return;
    const source = shapeOf(JSON.parse(text));
    if (source === null) return;
    this.shapes.unshift(new RegExp(`^${BLANK}${source}${BLANK}$`));
    this.shapes.length = Math.min(this.shapes.length, SHAPES_KEPT);
  }
}

/** Null for lists of anything but scalars: their length is no part of a shape. */
function shapeOf(value: unknown): string | null {
  if (value === null || typeof value !== 'object') return SCALAR;
  if (Array.isArray(value)) {
    if (value.some((item) => item !== null && typeof item === 'object')) return null;
    return `\\[${BLANK}(?:${SCALAR}${BLANK}(?:,${BLANK}${SCALAR}${BLANK})*)?\\]`;
  }
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    const inner = shapeOf(member);
    if (inner === null) return null;
    members.push(`${literal(JSON.stringify(key))}${BLANK}:${BLANK}${inner}${BLANK}`);
  }
  return `\\{${BLANK}${members.join(`,${BLANK}`)}\\}`;
}

/** The characters of a key, as a pattern. */
function literal(text: string): string {
  return text.replace(/[^A-Za-z0-9_" ]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * HTML by a template tag that escapes whatever is put into it, so that forgetting to escape is impossible: only `Html`
 * values pass as they are, and only this tag and `trustedHtml` make them.
 */
import { visibleLines, visibleText } from './visible-text.ts';

export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = Html | string | number | null | false | readonly Part[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((fixed, i) => (i === 0 ? fixed : render(parts[i - 1] ?? null) + fixed));
  return new Html(text.join(''));
}

/** For markup that we made ourselves by other means: the charts, and the style sheet. */
export function trustedHtml(markup: string): Html {
  return new Html(markup);
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

function render(part: Part): string {
  if (part instanceof Html) return part.markup;
  if (part === null || part === false) return '';
  if (typeof part === 'string') return escapeHtml(visibleText(part));
  if (typeof part === 'number') return escapeHtml(String(part));
  return part.map(render).join('');
}

/** Text with its line breaks, for `<pre>`. */
export function preformatted(text: string): Html {
  return new Html(escapeHtml(visibleLines(text)));
}

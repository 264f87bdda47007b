/** The small things that cells of the page are made of. */
import { formatCount } from '../format-amount.ts';
import { type Html, html, preformatted } from '../html-template.ts';
import type { Fidelity, RowKey } from '../report-model.ts';

/** SQLite allows names of any length; beyond this the page shows the beginning, and the JSON has the whole. */
const LONGEST_NAME = 160;

export function shortened(text: string): string {
  const characters = [...text];
  if (characters.length <= LONGEST_NAME) return text;
  return `${characters.slice(0, LONGEST_NAME).join('')}… (${formatCount(characters.length)} characters)`;
}

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

/** Always with words: colour alone would not reach everyone, or a printer. */
export function pill(text: string, tone: Tone): Html {
  return html`<span class="pill ${tone}">${text}</span>`;
}

const FIDELITIES: Readonly<Record<Fidelity, readonly [string, Tone]>> = {
  exact: ['✓ exact', 'good'],
  approximated: ['≈ approximated', 'warn'],
  needs_decision: ['? needs a decision', 'bad'],
  not_moved: ['– not moved', 'warn'],
};

export function fidelityPill(fidelity: Fidelity): Html {
  return pill(...FIDELITIES[fidelity]);
}

/** `id = 42, lang = "en"`: quotes tell text from numbers, x'…' is SQLite's own form of a blob. */
export function keyText(key: RowKey): string {
  return key.map((part) => `${part.column} = ${keyValue(part.class, part.text)}`).join(', ');
}

function keyValue(storageClass: string, text: string): string {
  if (storageClass === 'null') return 'NULL';
  if (storageClass === 'text') return `"${shortened(text)}"`;
  return storageClass === 'blob' ? `x'${shortened(text)}'` : text;
}

export function bulletList(items: readonly (Html | string)[]): Html {
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

export function sqlBlock(title: string, sql: string | null): Html {
  return sql === null ? html`` : html`<div><span class="muted">${title}</span><pre>${preformatted(sql)}</pre></div>`;
}

/** Remedies are written once for terminal and page: `a command` in backticks is code here. */
export function withCode(text: string): Html {
  return html`${text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

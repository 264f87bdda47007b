/** highlight() and snippet() of FTS5 as ts_headline(), which marks words where FTS5 marks whole phrases. */
import { quoteLiteral } from '@causeway/contracts/identifier';
import { Untranslatable } from '../expression/untranslatable.ts';
import { textValue, type Value } from '../expression/value.ts';
import type { SearchCondition } from './search-condition.ts';

export interface HeadlineRequest {
  readonly config: string;
  /** The column's text, quoted for the query. */
  readonly text: string;
  readonly search: SearchCondition;
  /** The arguments after the column's number. */
  readonly marks: readonly Value[];
}

export function highlight({ config, text, search, marks }: HeadlineRequest): Value {
  const [start, end] = marks.map(mark) as [string, string];
  return headline(config, text, search, [`StartSel=${start}`, `StopSel=${end}`, 'HighlightAll=true']);
}

/** FTS5 takes 1 to 64 words; PostgreSQL wants the least below the most. */
export function snippet({ config, text, search, marks }: HeadlineRequest): Value {
  const [start, end, between] = marks.slice(0, 3).map(mark) as [string, string, string];
  const most = Number(marks[3]?.constant?.kind === 'int' ? marks[3].constant.value : Number.NaN);
  if (!Number.isInteger(most) || most < 1 || most > 64) throw new Untranslatable('snippet() with a number of words that is not a literal from 1 to 64');
  return headline(config, text, search, [`StartSel=${start}`, `StopSel=${end}`, `FragmentDelimiter=${between}`, 'MaxFragments=1', `MaxWords=${Math.max(2, most)}`, `MinWords=${Math.max(1, most >> 1)}`]);
}

function headline(config: string, text: string, search: SearchCondition, options: readonly string[]): Value {
  return textValue(`ts_headline(${quoteLiteral(config)}, ${text}, ${search.query}, ${quoteLiteral(options.join(', '))})`);
}

/** The options are one text with rules of its own for quotes. */
function mark(value: Value | undefined): string {
  const text = value?.constant?.kind === 'text' ? value.constant.value : null;
  if (text === null || /["'\\]/.test(text)) throw new Untranslatable('highlight() or snippet() with a mark that is no literal or holds quotes');
  return `"${text}"`;
}

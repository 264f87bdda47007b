/** What stands on the right of MATCH, whichever module reads it. */
import { Untranslatable } from '../expression/untranslatable.ts';

export type SearchTree =
  | {
      readonly kind: 'phrase';
      /** One or more, in their order; of letters and digits only. */
      readonly words: readonly string[];
      /** The last word is the beginning of one. */
      readonly prefix: boolean;
      /** Names of columns in lower case; null: any. */
      readonly columns: readonly string[] | null;
      /** `columns` are those that are left out. */
      readonly except: boolean;
    }
  | { readonly kind: 'and' | 'or' | 'not'; readonly left: SearchTree; readonly right: SearchTree };

/** As the tokenizer unicode61 cuts a text: letters, digits and what belongs to them. */
export function wordsOf(text: string): string[] {
  const words = text.match(/[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu) ?? [];
  if (words.length === 0) throw new Untranslatable('MATCH with a phrase without words');
  return words;
}

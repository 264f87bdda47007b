/** Which tables the statements of a trigger write. */
import { foldAscii } from './fold-ascii.ts';
import { parseStatement } from './sqlite-grammar.ts';

/** Folded names; null where a statement does something else (RAISE in a SELECT), or the text does not parse. */
export function triggerWrites(sql: string): ReadonlySet<string> | null {
  const statement = parseStatement(sql);
  if ('unparsed' in statement || statement.type !== 'CreateTriggerStmt') return null;
  const written = new Set<string>();
  for (const command of statement.commands) {
    if (command.type === 'SelectTriggerCmd') return null;
    written.add(foldAscii(command.tblName.objName.text));
  }
  return written;
}

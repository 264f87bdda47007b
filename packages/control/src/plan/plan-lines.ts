/** Where the parts of a plan stand in its file, so that what is wrong with one can be named by its line. */
import { Failure } from '@causeway/contracts/failures';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { PlanDocument } from './plan-document.ts';

export interface PlanLines {
  /** The content; throws PLAN_INVALID where it is no YAML. */
  parsed(file: string): unknown;
  /** `:12`, or nothing where it is not known. */
  lineOf(path: readonly PropertyKey[]): string;
}

/** By the list of tables: copies of a plan with another schema keep it. */
const remembered = new WeakMap<object, { file: string; lines: PlanLines }>();

export function planLines(text: string): PlanLines {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const lineAt = (offset: number): string => `:${counter.linePos(offset).line}`;
  return {
    parsed: (file) => {
      const [error] = document.errors;
      if (error !== undefined) throw new Failure('PLAN_INVALID', `${file}${lineAt(error.pos[0])}: ${error.message.split('\n', 1)[0]}`, { cause: error });
      return document.toJS();
    },
    lineOf: (path) => {
      // What is missing has no place: then what it is missing from.
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range !== undefined && node.range !== null) return lineAt(node.range[0]);
      }
      return '';
    },
  };
}

export function rememberLines(plan: PlanDocument, file: string, lines: PlanLines): void {
  remembered.set(plan.tables, { file, lines });
}

/** PLAN_INVALID about a place in a plan, with file and line where it came from a file. */
export function planProblem(plan: PlanDocument, path: readonly PropertyKey[], message: string): Failure {
  const known = remembered.get(plan.tables);
  return new Failure('PLAN_INVALID', known === undefined ? message : `${known.file}${known.lines.lineOf(path)}: ${message}`);
}

/** docs/model.md: which variants of which models break without which rule. */
import { MODELS } from './models.ts';
import { RULES } from './rules.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function rulesPage(): string {
  const variants = Object.entries(MODELS).flatMap(([model, list]) => list.map((variant) => ({ model, ...variant })));
  const rows = RULES.map(({ number, text, invariants }) => {
    const breaks = variants.filter((v) => v.without?.includes(number)).map((v) => `\`${v.model}\`: ${v.name}`);
    return `| ${number} | ${cell(text)} | ${invariants.map((i) => `I${i}`).join(', ')} | ${cell(breaks.join('; '))} |`;
  });
  const whole = variants.filter((v) => v.without === null);
  return `# The model

Made by \`npm run model -- --page docs/model.md\` from \`tests/model\`; not by hand.

Before any process is killed, the protocol of a live migration is explored: every order of steps of small systems, with crashes, zombies, duplicates, lost
messages and lost power, breadth first. Where production code decides by a pure function (which batch to apply, what a controller does next, what the sink of the
way back takes), the models call that very function. ${whole.length} variants follow all rules and must hold in every state that they can reach, ${whole.filter((v) => v.deep).length} of
them too large for every merge (\`npm run model -- --deep\`). ${variants.length - whole.length} leave rules out and must break: a rule that nothing misses would be one that the model does not know.

| rule | what it says | upheld by | breaks without it |
|---|---|---|---|
${rows.join('\n')}

Invariants are listed in [invariants.md](invariants.md), with the lines that uphold them and the tests that attack them on real databases. Not modelled: types
and quarantine, several tables, time-outs, the owner's switch; for those there are the tests and the [crash matrix](crash-matrix.md).
`;
}

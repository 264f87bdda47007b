import { describe, expect, test } from '@jest/globals';
import { exampleReport, exampleTable } from './example-report.ts';
import { renderHtml } from './render-html.ts';
import type { ReportModel } from './report-model.ts';

const HOSTILE = '<script>alert(1)</script>"\'&\n\u001b[31m\u202e';

/** Every string in the model that can come from a database or a driver, made hostile. */
function hostileReport(): ReportModel {
  const spoil = <T extends object>(entry: T, keep: readonly string[]): T =>
    Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, typeof value === 'string' && !keep.includes(name) ? HOSTILE : value])) as T;
  const model = exampleReport();
  const key = [{ column: HOSTILE, class: 'text', text: HOSTILE }] as const;
  return {
    ...model,
    migration: HOSTILE,
    source: spoil(model.source, []),
    verdict: 'different',
    failure: { code: HOSTILE, message: HOSTILE, remedy: `\`${HOSTILE}\`` },
    seconds: { [HOSTILE]: 1 },
    services: model.services.map((entry) => spoil(entry, [])),
    tables: model.tables.map((entry) => ({ ...spoil(entry, ['keyKind', 'checksumSource', 'checksumTarget']), equal: false })),
    columns: model.columns.map((entry) => spoil(entry, ['fidelity'])),
    objects: model.objects.map((entry) => ({ ...spoil(entry, ['kind', 'fidelity']), notes: [HOSTILE] })),
    quarantine: model.quarantine.map((entry) => ({ ...spoil(entry, []), exampleKeys: [key] })),
    differences: [{ table: HOSTILE, key, column: HOSTILE, sourceDigest: HOSTILE, targetDigest: null }],
    warnings: [HOSTILE],
    checks: model.checks.map((entry) => ({ ...spoil(entry, ['outcome']), catches: [HOSTILE] })),
  };
}

function tags(page: string): string[] {
  return [...page.replace(/<style>[\s\S]*?<\/style>/u, '').matchAll(/<(\/?[a-zA-Z][^\s/>]*)(?:"[^"]*"|[^">])*>/gu)].map((match) => match[1] ?? '');
}

const VOID = new Set(['meta', 'br']);

function unbalanced(page: string): string[] {
  const open: string[] = [];
  for (const tag of tags(page)) {
    if (VOID.has(tag)) continue;
    if (!tag.startsWith('/')) open.push(tag);
    else if (open.pop() !== tag.slice(1)) return [`${tag} closes nothing`];
  }
  return open;
}

function expectSoundPage(page: string): void {
  expect(unbalanced(page)).toEqual([]);
  expect(tags(page).filter((tag) => /^(script|link|img|iframe|object|embed|base|form)$/iu.test(tag))).toEqual([]);
  // The only addresses are the namespaces of SVG, which nothing loads.
  const addresses = page.replaceAll('http://www.w3.org/2000/svg', '').match(/(?:https?:)?\/\/[a-z]|url\(|@import/giu);
  expect(addresses).toBeNull();
  expect(page).not.toMatch(/\son[a-z]+\s*=\s*["']/iu);
  // Tables have captions, columns and rows have headings.
  expect(page.match(/<table>/gu)?.length ?? 0).toBe(page.match(/<table><caption>/gu)?.length ?? 0);
}

describe('the report page', () => {
  test('is sound and names the verdict first', () => {
    const page = renderHtml(exampleReport());
    expectSoundPage(page);
    const text = page.slice(page.indexOf('<main>'));
    expect(text.indexOf('Equal, with rows in quarantine')).toBeLessThan(text.indexOf('<dl'));
    expect(page).toContain('Every cell of 2,335,372 rows in 12 tables was compared and is equal in PostgreSQL. The other 4 rows, which PostgreSQL cannot hold, are kept byte for byte in the quarantine.');
    expect(page.match(/<svg role="img" aria-label="/gu)).toHaveLength(4);
  });

  test('keeps its structure', () => {
    const page = renderHtml(exampleReport());
    expect([...page.matchAll(/<(h1|h2|h3|caption|figcaption)>(?:<span aria-hidden="true">.<\/span> )?([^<]*)/gu)].map((match) => `${match[1]} ${match[2]}`)).toMatchSnapshot();
  });

  test('a hostile name neither runs nor hides', () => {
    const page = renderHtml(hostileReport());
    expectSoundPage(page);
    expect(page).not.toContain('<script');
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('‹U+001B›[31m‹U+202E›');
  });

  test('the browser is told to run and load nothing', () => {
    expect(renderHtml(exampleReport())).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`);
  });

  test.each([0, 1, 300])('%i tables', (count) => {
    const tables = Array.from({ length: count }, (_, i) => exampleTable(`table_${i}`, i * 11, 20, 'integer'));
    const page = renderHtml(exampleReport({ verdict: 'equal', tables, columns: [], objects: [], quarantine: [], warnings: [] }));
    expectSoundPage(page);
    expect(page.match(/✓ equal</gu) ?? []).toHaveLength(count);
    expect(page).not.toMatch(/NaN|Infinity|undefined/u);
  });

  test('a huge name is shortened, and is not repeated without bound', () => {
    const huge = 'n'.repeat(1_000_000);
    const page = renderHtml(exampleReport({ tables: [exampleTable(huge, 5, 5, 'integer')], verdict: 'equal', quarantine: [], columns: [] }));
    expect(page.length).toBeLessThan(60_000);
    expect(page).toContain('… (1,000,000 characters)');
  });

  test('a verdict that its own figures deny is not shown as good', () => {
    const page = renderHtml(exampleReport({ verdict: 'equal' }));
    expect(page).toContain('This report contradicts itself');
    expect(page).toContain('<section class="verdict bad"');
  });

  test('the same report gives the same page', () => {
    expect(renderHtml(exampleReport())).toBe(renderHtml(exampleReport()));
  });
});

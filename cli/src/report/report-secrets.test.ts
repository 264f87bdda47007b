import { describe, expect, test } from '@jest/globals';
import { exampleReport } from './example-report.ts';
import { redactCredentials } from './redact-credentials.ts';
import { renderHtml } from './render-html.ts';
import { renderJson } from './render-json.ts';
import { reportTarget } from './report-target.ts';

const PARTS = { host: 'db', port: 5432, database: 'shop', schema: 'public', serverVersion: '18.1' };

// Invariant: I16
describe('no secret reaches a report', () => {
  test('the target keeps only its five parts', () => {
    const config = { ...PARTS, user: 'admin', password: 's3cret', connectionString: 'postgres://admin:s3cret@db/shop' };
    expect(reportTarget(config)).toEqual(PARTS);
  });

  test.each(['admin:s3cret@db', 'postgres://db', 'db?password=x', 'admin@db'])('the host %s is refused', (host) => {
    expect(() => reportTarget({ ...PARTS, host })).toThrow(RangeError);
  });

  test.each(['database', 'schema', 'serverVersion'])('a connection string as %s is refused', (part) => {
    expect(() => reportTarget({ ...PARTS, [part]: 'postgres://admin:s3cret@db/shop' })).toThrow(RangeError);
  });

  test.each(['::1', '10.0.0.7', '/var/run/postgresql', 'db.internal'])('the host %s is fine', (host) => {
    expect(reportTarget({ ...PARTS, host }).host).toBe(host);
  });

  test('a target made by hand does not compile', () => {
    // @ts-expect-error without the brand of reportTarget
    exampleReport({ target: PARTS });
  });

  test.each([
    ['cannot reach postgres://admin:s3cret@db:5432/shop', 'cannot reach postgres://db:5432/shop'],
    ['postgres://u:s3@cret/x@db/shop refused', 'postgres://db/shop refused'],
    ["host=db password='s3 cret' user=a", 'host=db password=… user=a'],
    ['PASSWORD: s3cret;', 'PASSWORD: …;'],
    ['nothing secret in https://example.com/a', 'nothing secret in https://example.com/a'],
  ])('%s', (text, redacted) => {
    expect(redactCredentials(text)).toBe(redacted);
  });

  test('free text is redacted in both forms', () => {
    const quoted = 'postgres://admin:s3cret@db/shop';
    const model = exampleReport({ warnings: [quoted], verdict: 'failed', failure: { code: 'X', message: quoted, remedy: quoted } });
    for (const text of [renderHtml(model), renderJson(model)]) expect(text).not.toMatch(/s3cret|admin/u);
  });
});

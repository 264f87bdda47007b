/** For child processes of tests, by --import: packages resolve to their sources, so that no test runs a stale build. */
import { registerHooks } from 'node:module';

const PACKAGE = /^@causeway\/(contracts|runtime|control|dialect|testkit)\/(.+)$/;

registerHooks({
  resolve: (specifier, context, next) => {
    const [, name, path] = PACKAGE.exec(specifier) ?? [];
    return next(name === undefined ? specifier : new URL(`../../${name}/src/${path}.ts`, import.meta.url).href, context);
  },
});

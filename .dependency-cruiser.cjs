// The arrows of the house: services, cli → control → runtime → contracts, and control → dialect → contracts. Each rule
// says what would go wrong without it. Workspace packages are followed into their sources (see exportsFields below).

const IO = '^(node:)?(fs|fs/promises|net|http|https|dns|dgram|tls|child_process|worker_threads)$';
const DRIVERS = '(^|/)node_modules/(\\.pnpm/)?(pg|pg-copy-streams|kafkajs|better-sqlite3|pino|prom-client)(@|/)';

/** A rule of severity error: what must not import what, and why. */
const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** `layer` may import only itself and `allowed` among the folders of this repository. */
const only = (name, comment, layer, allowed) => forbid(name, comment, { path: `^${layer}/` }, { path: '^(packages|services|cli|bench|tests)/', pathNot: [`^${layer}/`, ...allowed.map((a) => `^${a}/`)] });

/** Tests may use the testkit and what they compare; rules about layers are about what runs at a user's. */
const TESTS = '(\\.(test|fixture)\\.ts$|^services/[^/]+/test/|^packages/testkit/)';

const product = (rule) => ({ ...rule, from: { ...rule.from, pathNot: [TESTS, rule.from.pathNot ?? []].flat() } });

module.exports = {
  forbidden: [
    forbid('no-cycles', 'A file in a cycle cannot be understood, tested or replaced by itself.', { pathNot: TESTS }, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    product(only('contracts-import-nothing', 'Contracts are what all agree on: they depend on nobody.', 'packages/contracts', [])),
    product(only('dialect-on-contracts', 'The dialect is a pure translation: it needs names and types, no connection.', 'packages/dialect', ['packages/contracts'])),
    product(only('runtime-on-contracts', 'The runtime knows brokers and databases, not migrations: it can serve any service.', 'packages/runtime', ['packages/contracts'])),
    product(only('control-on-runtime', 'The control record stands on the runtime; it knows no service.', 'packages/control', ['packages/contracts', 'packages/runtime', 'packages/dialect'])),
    ...['extractor', 'loader', 'validator'].map((service) =>
      product(only(`${service}-stands-alone`, 'Services share topics, tables and the control record, never code of each other: each is started, killed and replaced alone.', `services/${service}`, ['packages/contracts', 'packages/runtime', 'packages/control'])),
    ),
    product(only('cli-starts-processes', 'The command starts services as processes; importing one would run it inside the command.', 'cli', ['packages/contracts', 'packages/runtime', 'packages/control'])),
    // Invariant: I17
    forbid('validator-shares-no-code', 'The validator proves the others right: with their code it would repeat their mistakes. Holds for its tests too, except those that compare what both sides accept.', { path: '^services/validator/', pathNot: '^services/validator/test/accepted-values\\.test\\.ts$' }, { path: '^services/(extractor|loader)/' }),
    product(forbid('validator-measures-by-itself', 'Conversions of the loading path decide what is written: the validator reads values by readers of its own.', { path: '^services/validator/' }, { path: '^packages/contracts/src/conversion/' })),
    forbid('kafka-behind-the-port', 'The client library is exchanged in one folder; a second importer would make that folder a fiction. A test of a broker may speak to it directly.', { pathNot: ['^packages/runtime/src/transport/kafka/', TESTS] }, { path: '(^|/)node_modules/(\\.pnpm/)?kafkajs(@|/)' }),
    product(forbid('contracts-are-pure', 'The same value in gives the same bytes out, on every machine: no files, no sockets, no drivers.', { path: '^packages/contracts/' }, { path: [IO, DRIVERS], pathNot: '^(node:)?net$' })),
    product(forbid('contracts-and-net', 'node:net is here for isIP alone, a pure function.', { path: '^packages/contracts/', pathNot: '^packages/contracts/src/conversion/inet-text\\.ts$' }, { path: '^(node:)?net$' })),
    product(forbid('dialect-is-pure', 'Translations are decided from text: proofs against real engines belong to its tests.', { path: '^packages/dialect/' }, { path: [IO, DRIVERS] })),
    product(forbid('no-testkit-at-run-time', 'The testkit is for development; what runs at a user’s must not need it.', { path: '^(packages|services|cli)/' }, { path: '^packages/testkit/' })),
    product(forbid('declared-packages-only', 'A package that is not in package.json is there by accident and gone by the next install.', { path: '^(packages|services|cli)/' }, { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] })),
    product(forbid('everything-resolves', 'An import that cannot be followed is one that no rule here can judge.', { path: '^(packages|services|cli)/' }, { couldNotResolve: true })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Built files, and the links through which a workspace package would be seen a second time under another path.
    exclude: { path: '(^(packages|services|cli)/.*dist/|node_modules/@causeway/)' },
    // swc reads TypeScript: the compiler's own API is not published for its present version.
    parser: 'swc',
    // Type-only imports count: a stage that knows another's types knows the other.
    tsPreCompilationDeps: true,
    preserveSymlinks: false,
    // Workspace packages name their sources under `types`; following those keeps the rules about folders true.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'], extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
};

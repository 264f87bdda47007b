// A test file's suffix says what it needs: x.test.ts nothing, x.pg.test.ts a PostgreSQL, x.kafka.test.ts a broker,
// x.e2e.test.ts all of it and the built services. Real servers are started once, by tests/setup.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/packages', '<rootDir>/services', '<rootDir>/cli', '<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // A command of its own runs these: npm run test:operate.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/operate/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  moduleNameMapper: {
    '^@causeway/(contracts|runtime|control|dialect|testkit)/(.*)$': '<rootDir>/packages/$1/src/$2.ts',
    '^@causeway/(extractor|loader|validator)/(.*)$': '<rootDir>/services/$1/src/$2.ts',
    '^@causeway/cli/(.*)$': '<rootDir>/cli/src/$1.ts',
    '^@causeway/ops/(.*)$': '<rootDir>/ops/src/$1.ts',
  },
  globalSetup: '<rootDir>/tests/setup/start-servers.mjs',
  globalTeardown: '<rootDir>/tests/setup/stop-servers.mjs',
  testTimeout: 120_000,
  maxWorkers: 2,
  maxConcurrency: 2,
};

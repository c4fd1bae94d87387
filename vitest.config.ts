import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const notOurs = ['**/node_modules/**', '**/dist/**', '**/.next/**', 'e2e/**']

export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,packages,bench}/**/*.test.{ts,tsx}'],
          exclude: [...notOurs, '**/*.integration.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{apps,packages,bench}/**/*.integration.test.ts'],
          exclude: notOurs,
          // One PostgreSQL for the run; test files take a database each from `@nephos/db/testing`, and a NATS server
          // each from `@nephos/jobs/testing`.
          globalSetup: ['packages/db/src/testing/global-setup.ts'],
          // They wait more than they work, so every core takes one.
          maxWorkers: availableParallelism(),
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

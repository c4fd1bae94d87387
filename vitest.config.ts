import { defineConfig } from 'vitest/config'

const tests = '{apps,packages,bench}/**/*.test.{ts,tsx}'
const integration = '{apps,packages,bench}/**/*.integration.test.{ts,tsx}'
const never = ['**/node_modules/**', '**/dist/**', '**/.next/**']

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: [tests], exclude: [...never, integration], testTimeout: 10_000 } },
      {
        test: {
          name: 'integration',
          include: [integration],
          exclude: never,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Each file starts real servers; more at once only slows all of them down.
          maxWorkers: 2,
        },
      },
    ],
  },
})

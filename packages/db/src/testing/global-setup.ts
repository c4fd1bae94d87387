import { prepareTemplate, testServerVariable } from './database.ts'
import { startTestPostgres } from './postgres.ts'

/**
 * Vitest's global setup of the integration tests: one PostgreSQL with a migrated template for the whole run. A server
 * named in `NEPHOS_TEST_POSTGRES_URL` is used instead of starting one.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env[testServerVariable]
  const server = given ? { url: given, stop: async () => {} } : await startTestPostgres()
  try {
    await prepareTemplate(server.url)
  } catch (error) {
    await server.stop()
    throw error
  }
  process.env[testServerVariable] = server.url
  return () => server.stop()
}

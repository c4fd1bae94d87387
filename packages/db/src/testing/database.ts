import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { migrate } from '../migrate/migrate.ts'

/** Name of the environment variable with the URL of the server that the tests of this run share. */
export const testServerVariable = 'NEPHOS_TEST_POSTGRES_URL'

const template = 'nephos_test_template'

/** A database of one test file: migrated, empty. */
export interface TestDatabase {
  url: string
  /** Deletes it, cutting whoever is still connected. */
  drop: () => Promise<void>
}

/** Makes the migrated database that every test database is copied from. Called once a run. */
export async function prepareTemplate(serverUrl: string): Promise<void> {
  await withServer(serverUrl, (client) =>
    client
      .query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
      .then(() => client.query(`CREATE DATABASE ${template}`)),
  )
  await migrate(databaseUrl(serverUrl, template))
}

/**
 * A new database on the server of this test run: a copy of the migrated template, or an empty one.
 * @throws Error when the test is not run by the `integration` project, which starts the server
 */
export async function createTestDatabase({ empty = false }: { empty?: boolean } = {}): Promise<TestDatabase> {
  const serverUrl = process.env[testServerVariable]
  if (!serverUrl)
    throw new Error(
      `${testServerVariable} is not set: name the file *.integration.test.ts to get a database.`,
    )
  const name = `test_${randomBytes(8).toString('hex')}`
  await withServer(serverUrl, (client) =>
    client.query(`CREATE DATABASE ${name}${empty ? '' : ` TEMPLATE ${template}`}`),
  )
  return {
    url: databaseUrl(serverUrl, name),
    drop: () =>
      withServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

async function withServer(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

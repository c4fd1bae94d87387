import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../testing/index.ts'
import { ensureHostRoles } from './ensure-host-roles.ts'
import { hostRights } from './host-tables.ts'

const id = randomBytes(4).toString('hex')
const group = `test_${id}_hosts`
const [first, second] = [1, 2].map((place) => ({
  name: `test_${id}_host${place}`,
  password: `p'${place}`,
})) as [{ name: string; password: string }, { name: string; password: string }]

let database: Awaited<ReturnType<typeof createTestDatabase>>
const urlOf = ({ name, password }: { name: string; password: string }) => {
  const url = new URL(database.url)
  url.username = name
  url.password = encodeURIComponent(password)
  return url.href
}
async function as<Result>(
  role: { name: string; password: string },
  work: (client: Client) => Promise<Result>,
) {
  const client = new Client({ connectionString: urlOf(role) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => {
  const owner = new Client({ connectionString: database.url })
  await owner.connect()
  for (const role of [group, first.name, second.name])
    await owner.query(`DROP OWNED BY "${role}"`).then(
      () => owner.query(`DROP ROLE "${role}"`),
      () => undefined,
    )
  await owner.end()
  await database.drop()
})

describe('a host in the database', () => {
  test('reads and changes what instances need, and nothing of people', async () => {
    expect(await ensureHostRoles(database.url, group, [first])).toEqual({ made: true, reason: null })
    await as(first, async (client) => {
      for (const [table, right] of Object.entries(hostRights)) {
        const reads = client.query(`SELECT * FROM "${table}" LIMIT 1`)
        if (right === 'change' || right === 'read') await reads
        else await expect(reads, table).rejects.toThrow(/permission denied/)
        const changes = client.query(`DELETE FROM "${table}" WHERE false`)
        if (right === 'change') await changes
        else await expect(changes, table).rejects.toThrow(/permission denied/)
      }
      await expect(client.query('SELECT * FROM "_prisma_migrations"')).rejects.toThrow(/permission denied/)
      await expect(client.query('CREATE TABLE mine (id int)')).rejects.toThrow(/permission denied/)
      await expect(client.query(`ALTER ROLE "${first.name}" SUPERUSER`)).rejects.toThrow(
        /denied|must be superuser/,
      )
    })
  })

  test('may come twice; one that left is locked out at once', async () => {
    await ensureHostRoles(database.url, group, [first, second])
    await ensureHostRoles(database.url, group, [first, second])
    await as(second, (client) => client.query('SELECT 1 FROM "Instance"'))
    await ensureHostRoles(database.url, group, [first])
    await expect(as(second, (client) => client.query('SELECT 1'))).rejects.toThrow()
    await as(first, (client) => client.query('SELECT 1 FROM "Instance"'))
  })

  test('is not separated by a database whose user may make no roles, which is said', async () => {
    const answer = await ensureHostRoles(urlOf(first), `${group}_other`, [second])
    expect(answer).toMatchObject({ made: false, reason: expect.stringContaining('denied') })
  })
})

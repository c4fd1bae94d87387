import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Db, openDb } from './client.ts'
import { newId } from './ids.ts'
import { createTestDatabase } from './testing/index.ts'
import { writeUnchanged } from './write-unchanged.ts'

let db: Db
let drop: () => Promise<void>
beforeAll(async () => {
  const database = await createTestDatabase()
  db = openDb(database.url)
  drop = database.drop
})
afterAll(async () => {
  await db.$disconnect()
  await drop()
})

async function makeHost(generation: number) {
  const id = newId()
  const amounts = { vcpus: 8, ramMib: 1024, diskGib: 10 }
  await db.host.create({
    data: {
      id,
      name: id,
      generation,
      computeDriver: 'simulated',
      networkDriver: 'simulated',
      facts: {},
      ...amounts,
    },
  })
  return id
}
const updatedAt = new Date('2031-02-03T04:05:06.789Z')
const taken = { usedVcpus: 3, usedRamMib: 512, usedDiskGib: 2, instanceCount: 1, updatedAt }

it('writes what is at the generation that was read, and leaves the rest alone', async () => {
  const [still, since] = [await makeHost(4), await makeHost(5)]
  const rows = [still, since, newId()].map((id) => ({ id, generation: 4, ...taken }))
  expect(await writeUnchanged(db, 'Host', rows)).toEqual(new Set([still]))
  expect(await db.host.findUnique({ where: { id: still } })).toMatchObject({ generation: 5, ...taken })
  expect(await db.host.findUnique({ where: { id: since } })).toMatchObject({ generation: 5, usedVcpus: 0 })
  expect(await writeUnchanged(db, 'Host', [])).toEqual(new Set())
})

it('of many at once, in any order, exactly one gets each row', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, () => makeHost(0)))
  const winners = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      db.$transaction((tx) =>
        writeUnchanged(
          tx,
          'Host',
          (index % 2 ? ids : ids.toReversed()).map((id) => ({ id, generation: 0, ...taken })),
        ),
      ),
    ),
  )
  for (const id of ids) expect(winners.filter((won) => won.has(id))).toHaveLength(1)
  expect(
    (await db.host.findMany({ where: { id: { in: ids } } })).map(({ generation }) => generation),
  ).toEqual(ids.map(() => 1))
})

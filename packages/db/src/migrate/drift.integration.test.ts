import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../testing/index.ts'

test('the migrations make exactly the data model', async () => {
  const database = await createTestDatabase()
  try {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [
        join(fileURLToPath(new URL('../../scripts', import.meta.url)), 'prisma.mjs'),
        ...['migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/postgresql', '--exit-code'],
      ],
      { encoding: 'utf8', env: { ...process.env, DATABASE_URL: database.url } },
    )
    expect(status === 0 ? '' : `${stdout}${stderr}`).toBe('')
  } finally {
    await database.drop()
  }
})

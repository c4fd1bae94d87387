import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../testing/index.ts'

/** Prisma's engine waits 5 s for a connection, which a busy machine may exceed. */
function patient(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.searchParams.set('connect_timeout', '60')
  return url.href
}

// The process of the CLI's engine has been seen to end without a word; a difference is there every time.
test('the migrations make exactly the data model', { retry: 2 }, async () => {
  const database = await createTestDatabase()
  try {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [
        join(fileURLToPath(new URL('../../scripts', import.meta.url)), 'prisma.mjs'),
        ...['migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/postgresql', '--exit-code'],
      ],
      { encoding: 'utf8', env: { ...process.env, DATABASE_URL: patient(database.url) } },
    )
    expect(status, `${stdout}${stderr}`).toBe(0)
  } finally {
    await database.drop()
  }
})

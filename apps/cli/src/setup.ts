// Migrates and seeds the database. Run by the supervisor as a process of its own: options as JSON on standard input, a
// report as JSON on standard output.
import { readFileSync } from 'node:fs'
import { loadConfig } from '@nephos/config'
import { NephosError, type Services, seed, seedGuestImage } from '@nephos/core'
import { ensureHostRoles, type HostRole, migrate, openDb } from '@nephos/db'
import { pino } from 'pino'

const { adminPassword, guestImage, externalCidr, hostGroup, hostRoles } = JSON.parse(
  readFileSync(0, 'utf8'),
) as {
  adminPassword: string
  guestImage: string | null
  externalCidr: string | null
  hostGroup: string
  hostRoles: HostRole[]
}
const config = loadConfig()

async function main(): Promise<void> {
  const { applied } = await migrate(config.databaseUrl!)
  const roles = await ensureHostRoles(config.databaseUrl!, hostGroup, hostRoles)
  const db = openDb(config.databaseUrl!, { max: 2 })
  const services: Services = {
    db,
    config,
    log: pino({ level: 'warn' }, pino.destination(2)),
    // Nobody listens yet: the relay's sweeper publishes what is written here once the workers run.
    relay: { kick: () => {} },
    announce: () => {},
    ask: async () => {
      throw new NephosError('unavailable', 'No worker runs yet.')
    },
  }
  try {
    await seed(services, { adminPassword, externalCidr })
    if (guestImage) await seedGuestImage(services, guestImage)
  } finally {
    await db.$disconnect()
  }
  process.stdout.write(
    `${JSON.stringify({ migrations: applied.length, image: guestImage ? 'registered' : 'none', hostRoles: roles })}\n`,
  )
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})

import { isUniqueViolation, newHexId, newId, type Tx } from '@nephos/db'
import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { ensureDefaultGroup } from '../../network/security-groups/default-group.ts'
import { insertExternalNetwork } from '../../network/seed/external-network.ts'
import { insertFirstNetwork } from '../../network/seed/first-network.ts'
import { seedVolumeTypes } from '../../volume/types/seed.ts'
import { hashPassword } from '../passwords/hash.ts'
import { firstFlavors } from './flavors.ts'
import { defaultDomain, seedIdentity } from './identity.ts'

/** Options of {@link seed}. */
export interface SeedOptions {
  /** Password of the user admin, when it is made now. An existing one keeps its own. */
  adminPassword: string
  /** Range of the external network that a new cloud begins with; without one it has none. */
  externalCidr?: string | null
}

/**
 * Gives a database what a cloud cannot be used without: the domain Default, the roles, the project admin and the user
 * admin with the role admin on it and on the system. A new database also gets the project demo, a network in both
 * projects, the usual flavors and a type of volumes; once an administrator has deleted those, they stay away. Runs at every start, in one transaction.
 */
export async function seed(services: Services, { adminPassword, externalCidr }: SeedOptions): Promise<void> {
  const key = { domainId_name: { domainId: defaultDomain.id, name: 'admin' } }
  const exists = await services.db.user.findUnique({ where: key, select: { id: true } })
  const passwordHash = exists ? null : await hashPassword(adminPassword)
  const run = () =>
    mutate(systemCtx(services, 'seed'), async ({ db }) => {
      const isNew = (await db.domain.count({ where: { id: defaultDomain.id } })) === 0
      await seedIdentity(db)
      const projects = [await ensureProject(db, 'admin', 'Administration of the cloud')]
      if (isNew) {
        projects.push(await ensureProject(db, 'demo', 'A place to try things'))
        await seedVolumeTypes(db)
        await db.flavor.createMany({ data: firstFlavors.map((flavor) => ({ ...flavor })) })
        if (externalCidr) await insertExternalNetwork(db, projects[0]!, externalCidr)
        for (const projectId of projects) await insertFirstNetwork(db, projectId)
      }
      for (const projectId of projects) await ensureDefaultGroup(db, projectId)
      const user = await db.user.upsert({
        where: key,
        create: {
          id: newHexId(),
          domainId: defaultDomain.id,
          name: 'admin',
          description: 'The first administrator',
          passwordHash,
          defaultProjectId: projects[0],
        },
        update: {},
      })
      await grantAdmin(db, user.id, 'system', 'all')
      for (const projectId of projects) await grantAdmin(db, user.id, 'project', projectId)
    })
  try {
    await run()
  } catch (error) {
    // Another process seeded at the same moment; what it made is found now.
    if (!isUniqueViolation(error)) throw error
    await run()
  }
}

async function ensureProject(db: Tx, name: string, description: string): Promise<string> {
  const { id } = await db.project.upsert({
    where: { domainId_name: { domainId: defaultDomain.id, name } },
    create: { id: newHexId(), domainId: defaultDomain.id, name, description },
    update: {},
  })
  return id
}

async function grantAdmin(
  db: Tx,
  userId: string,
  targetType: 'project' | 'system',
  targetId: string,
): Promise<void> {
  const { id: roleId } = await db.role.findUniqueOrThrow({ where: { name: 'admin' } })
  const key = { userId, roleId, targetType, targetId }
  await db.assignment.upsert({
    where: { userId_roleId_targetType_targetId: key },
    create: { id: newId(), ...key },
    update: {},
  })
}

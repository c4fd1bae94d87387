import { type Db, newHexId, type Tx } from '@nephos/db'
import { type RoleName, roleNames } from '../../kernel/index.ts'

/** Id and name of the built-in domain, as every OpenStack client expects them. */
export const defaultDomain = { id: 'default', name: 'Default' } as const

const descriptions: Record<RoleName, string> = {
  reader: 'Sees everything in its scope',
  member: 'Also creates, changes and deletes resources',
  manager: 'Also manages users and projects of its domain',
  admin: 'May do everything',
}

/** Makes the built-in domain and roles where they are missing. @returns the id of the domain */
export async function seedIdentity(db: Db | Tx): Promise<string> {
  await db.domain.upsert({
    where: { id: defaultDomain.id },
    create: { ...defaultDomain, description: 'The built-in domain' },
    update: {},
  })
  for (const name of roleNames)
    await db.role.upsert({
      where: { name },
      create: { id: newHexId(), name, description: descriptions[name] },
      update: {},
    })
  return defaultDomain.id
}

import { type Api, openCloud, signIn, type TestCloud, until } from '@nephos/testbed'
import { ownHome } from './homes.ts'

let opened: TestCloud | undefined

/** The cloud that this worker's tests have for themselves. */
export function theCloud(): TestCloud {
  opened ??= openCloud(ownHome())
  return opened
}

/** A project of its own and somebody who works in it, so that tests do not see each other's resources. */
export interface Tenant {
  project: { id: string; name: string }
  user: { id: string; name: string }
  password: string
  /** Acts as the user, in the project. */
  api: Api
}

export const password = 'correct horse battery staple'

let admin: Promise<Api> | undefined

/** Acts as the administrator, in `demo`. */
export function adminApi(): Promise<Api> {
  const { apiUrl, adminPassword } = theCloud()
  admin ??= signIn(apiUrl, { name: 'admin', password: adminPassword, project: 'demo' }).then(({ api }) => api)
  return admin
}

let made = 0

/** Makes a project named after `name` and a user with `role` on it. */
export async function makeTenant(name: string, role: 'member' | 'reader' = 'member'): Promise<Tenant> {
  const api = await adminApi()
  const unique = `${name}-${process.pid.toString(36)}${(made++).toString(36)}`
  const project = await api.identity.projects.create.mutate({ name: unique })
  const user = await addUser(unique, project.id, role)
  const { api: own } = await signIn(theCloud().apiUrl, { name: unique, password, project: unique })
  return { project: { id: project.id, name: unique }, user, password, api: own }
}

/** Makes a user with `role` on the project. */
export async function addUser(
  name: string,
  projectId: string,
  role: 'member' | 'reader',
): Promise<{ id: string; name: string }> {
  const api = await adminApi()
  const user = await api.identity.users.create.mutate({ name, password })
  await api.identity.assignments.grant.mutate({
    userId: user.id,
    role,
    target: { type: 'project', id: projectId },
  })
  return { id: user.id, name }
}

/** Id of the guest image that every cloud has. */
export async function tinyImage(api: Api): Promise<string> {
  const { items } = await api.image.images.list.query({ search: 'nephos-tiny' })
  const image = items.find(({ name }) => name === 'nephos-tiny')
  if (!image) throw new Error('the cloud has no guest image')
  return image.id
}

/** Makes a network with one subnet. @returns its id */
export async function makeNetwork(api: Api, name: string, cidr: string): Promise<string> {
  const { id } = await api.network.networks.create.mutate({ name, subnet: { cidr } })
  return id
}

/** Waits until every instance is at rest: in the wanted state, or ACTIVE or ERROR. */
export const settled = (api: Api, ids: readonly string[], wanted: readonly string[] = ['ACTIVE', 'ERROR']) =>
  until(
    `instances are ${wanted.join(' or ')}`,
    async () => {
      const rows = await Promise.all(ids.map((id) => api.compute.instances.show.query({ id })))
      return rows.every((row) => !row.taskState && wanted.includes(row.status)) && rows
    },
    { timeoutMs: 120_000 },
  )

/** Deletes instances and waits until they are gone. */
export async function removeInstances(api: Api, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => api.compute.instances.delete.mutate({ id })))
  await until(
    'instances are gone',
    async () => {
      const { items } = await api.compute.instances.list.query({})
      return items.every(({ id }) => !ids.includes(id))
    },
    { timeoutMs: 120_000 },
  )
}

/** Deletes all instances and networks of a tenant. */
export async function emptyProject({ api }: Tenant): Promise<void> {
  const instances = await api.compute.instances.list.query({})
  await removeInstances(
    api,
    instances.items.map(({ id }) => id),
  )
  const groups = await api.compute.serverGroups.list.query({})
  for (const { id } of groups.items) await api.compute.serverGroups.delete.mutate({ id })
  const floatingIps = await api.network.floatingIps.list.query({})
  for (const { id } of floatingIps.items) await api.network.floatingIps.delete.mutate({ id })
  const routers = await api.network.routers.list.query({})
  for (const { id, interfaces } of routers.items) {
    for (const { portId } of interfaces) await api.network.routers.removeInterface.mutate({ id, portId })
    await api.network.routers.delete.mutate({ id })
  }
  const { items } = await api.network.networks.list.query({ external: false })
  for (const { id, shared } of items) if (!shared) await api.network.networks.delete.mutate({ id })
  const security = await api.network.securityGroups.list.query({})
  for (const { id, isDefault } of security.items)
    if (!isDefault) await api.network.securityGroups.delete.mutate({ id })
  await until(
    'networks are gone',
    async () =>
      (await api.network.networks.list.query({ external: false })).items.every(({ shared }) => shared),
    { timeoutMs: 60_000 },
  )
}

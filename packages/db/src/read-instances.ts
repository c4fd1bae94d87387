import type { Tx } from './client.ts'
import type { Instance } from './gen/postgresql/client.ts'
import { Prisma } from './gen/postgresql/client.ts'

const columns = [
  'id',
  'name',
  'projectId',
  'userId',
  'vmState',
  'taskState',
  'powerState',
  'locked',
  'lockedReason',
  'lockedBy',
  'flavorId',
  'flavorName',
  'vcpus',
  'ramMib',
  'diskGib',
  'imageId',
  'imageName',
  'keyName',
  'zone',
  'faultMessage',
  'createdAt',
  'updatedAt',
  'launchedAt',
  'guestReadyAt',
  'generation',
] as const satisfies (keyof Instance)[]

/** An instance with what stands beside it in a list. */
export type ListedInstance = Pick<Instance, (typeof columns)[number]> & {
  hostName: string | null
  /** In the order of the interfaces. */
  addresses: {
    networkId: string
    networkName: string
    portId: string
    ip: string
    mac: string
    /** Floating IPs that lead to it. */
    floatingIps: string[]
  }[]
}

/** States that are wanted: a vm_state with some of its task_states, or with all others and none. */
export interface WantedState {
  vmState: Instance['vmState']
  taskStates: readonly string[]
  except: boolean
}

/** Which instances to read; what is left out does not matter. */
export interface InstanceQuery {
  projectId?: string
  hostId?: string
  flavorId?: string
  imageId?: string
  reservationId?: string
  networkId?: string
  /** Every one of them. */
  tags?: readonly string[]
  states?: readonly WantedState[]
  /** Part of the name, a whole id, or the beginning of an address. */
  search?: string
  sort: { by: 'createdAt' | 'name'; dir: 'asc' | 'desc' }
  /** Where the last page ended. */
  after?: { value: Date | string; id: string }
  take: number
}

const selected = Prisma.raw(
  columns.map((name) => (name === 'vmState' ? 'i."vmState"::text AS "vmState"' : `i."${name}"`)).join(', '),
)
const sortColumns = { createdAt: Prisma.raw('i."createdAt"'), name: Prisma.raw('i."name"') }
const directions = { asc: Prisma.raw('ASC'), desc: Prisma.raw('DESC') }

type Address = ListedInstance['addresses'][number]

/** A row for each address of an instance and each floating IP of it; one without for an instance that has none. */
type JoinedRow = Omit<ListedInstance, 'addresses'> & {
  [Key in keyof Omit<Address, 'floatingIps'>]: Address[Key] | null
} & { floatingIp: string | null }

/**
 * Reads instances with their host and addresses in one query. The client's own way of joining takes several times as
 * long for a thousand rows.
 */
export async function readInstances(db: Tx, query: InstanceQuery): Promise<ListedInstance[]> {
  const by = sortColumns[query.sort.by]
  const dir = directions[query.sort.dir]
  const conditions = conditionsOf(query)
  const where = conditions.length > 0 ? Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}` : Prisma.empty
  // Plain joins only: a nested aggregate is run again for every instance while the planner has no statistics.
  return gather(
    await db.$queryRaw<JoinedRow[]>`
    WITH page AS MATERIALIZED (
      SELECT i.* FROM "Instance" i ${where}
      ORDER BY ${by} ${dir}, i."id" ${dir}
      LIMIT ${query.take}::integer
    )
    SELECT ${selected}, h."name" AS "hostName", p."networkId", n."name" AS "networkName", p."id" AS "portId",
      a."ipAddress" AS "ip", p."macAddress" AS "mac", f."address" AS "floatingIp"
    FROM page i
    LEFT JOIN "Host" h ON h."id" = i."hostId"
    LEFT JOIN "Port" p ON p."instanceId" = i."id"
    LEFT JOIN "Network" n ON n."id" = p."networkId"
    LEFT JOIN "AddressAllocation" a ON a."portId" = p."id"
    LEFT JOIN "FloatingIp" f ON f."portId" = p."id" AND f."fixedIpAddress" = a."ipAddress"
    ORDER BY ${by} ${dir}, i."id" ${dir}, coalesce(p."deviceIndex", 0), p."id", a."ipAddress", f."address"`,
  )
}

/** Puts the rows of one instance, which follow each other, together. */
function gather(rows: JoinedRow[]): ListedInstance[] {
  const instances: ListedInstance[] = []
  for (const { networkId, networkName, portId, ip, mac, floatingIp, ...own } of rows) {
    let last = instances.at(-1)
    if (last?.id !== own.id) {
      last = { ...own, addresses: [] }
      instances.push(last)
    }
    if (networkId === null || networkName === null || portId === null || ip === null || mac === null) continue
    const known = last.addresses.at(-1)
    if (known?.portId === portId && known.ip === ip) {
      if (floatingIp !== null) known.floatingIps.push(floatingIp)
    } else {
      const floatingIps = floatingIp === null ? [] : [floatingIp]
      last.addresses.push({ networkId, networkName, portId, ip, mac, floatingIps })
    }
  }
  return instances
}

function conditionsOf(query: InstanceQuery): Prisma.Sql[] {
  const conditions: Prisma.Sql[] = []
  for (const name of ['projectId', 'hostId', 'flavorId', 'imageId', 'reservationId'] as const)
    if (query[name] !== undefined) conditions.push(Prisma.sql`i.${Prisma.raw(`"${name}"`)} = ${query[name]}`)
  if (query.networkId !== undefined)
    conditions.push(
      Prisma.sql`EXISTS (SELECT 1 FROM "Port" p WHERE p."instanceId" = i."id" AND p."networkId" = ${query.networkId})`,
    )
  for (const tag of query.tags ?? [])
    conditions.push(
      Prisma.sql`EXISTS (SELECT 1 FROM "InstanceTag" t WHERE t."instanceId" = i."id" AND t."tag" = ${tag})`,
    )
  if (query.states) conditions.push(anyOf(query.states.map(stateCondition)))
  if (query.search) conditions.push(searchCondition(query.search))
  if (query.after) {
    const { value, id } = query.after
    const beyond = Prisma.raw(query.sort.dir === 'asc' ? '>' : '<')
    const at = value instanceof Date ? Prisma.sql`${value}::timestamp` : Prisma.sql`${value}`
    conditions.push(Prisma.sql`(${sortColumns[query.sort.by]}, i."id") ${beyond} (${at}, ${id})`)
  }
  return conditions
}

const anyOf = (conditions: Prisma.Sql[]): Prisma.Sql =>
  conditions.length > 0 ? Prisma.sql`(${Prisma.join(conditions, ' OR ')})` : Prisma.sql`FALSE`

function stateCondition({ vmState, taskStates, except }: WantedState): Prisma.Sql {
  const own = Prisma.sql`i."vmState" = ${vmState}::"VmState"`
  if (!except) return Prisma.sql`(${own} AND i."taskState" IN (${Prisma.join([...taskStates])}))`
  if (taskStates.length === 0) return own
  return Prisma.sql`(${own} AND (i."taskState" IS NULL OR i."taskState" NOT IN (${Prisma.join([...taskStates])})))`
}

/** Text in which `%` and `_` stand for themselves. */
const literally = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

function searchCondition(search: string): Prisma.Sql {
  const conditions = [Prisma.sql`i."name" ILIKE ${`%${literally(search)}%`}`, Prisma.sql`i."id" = ${search}`]
  if (/^[\d.]+$/.test(search))
    conditions.push(Prisma.sql`EXISTS (
      SELECT 1 FROM "Port" p JOIN "AddressAllocation" a ON a."portId" = p."id"
      WHERE p."instanceId" = i."id" AND a."ipAddress" LIKE ${`${search}%`})
      OR EXISTS (
      SELECT 1 FROM "Port" p JOIN "FloatingIp" f ON f."portId" = p."id"
      WHERE p."instanceId" = i."id" AND f."address" LIKE ${`${search}%`})`)
  return anyOf(conditions)
}

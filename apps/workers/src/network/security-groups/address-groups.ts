import type { Services } from '@nephos/core'
import type { GroupMemberSpec } from '../driver.ts'

/** The addresses of these address groups, as members of what rules name: they count on every network. */
export async function readAddressGroups(
  db: Services['db'],
  ids: readonly string[],
): Promise<Map<string, GroupMemberSpec[]>> {
  const members = new Map(ids.map((id): [string, GroupMemberSpec[]] => [id, []]))
  if (ids.length === 0) return members
  const entries = await db.addressGroupEntry.findMany({
    where: { groupId: { in: [...ids] } },
    orderBy: [{ groupId: 'asc' }, { cidr: 'asc' }],
  })
  for (const { groupId, cidr } of entries)
    members.get(groupId)!.push({ networkId: null, address: withoutLength(cidr) })
  return members
}

/** A range of one address is that address. */
const withoutLength = (cidr: string): string => cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '')

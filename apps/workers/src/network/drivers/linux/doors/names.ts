/** The end of a door that is on the network's bridge. */
export const innerDoorName = (segmentId: number): string => `dr${segmentId}`

/** True for an interface of the host that only a door of ours can be. */
export const isInnerDoor = (name: string): boolean => /^dr\d+$/.test(name)

/** The end of a door in the machine's own namespace, where every cloud of the machine has its own. */
export const outerDoorName = (owner: string, segmentId: number): string =>
  `nd${owner.slice(0, 6)}-${segmentId.toString(36)}`

/** What the kernel is told that the machine's end of a door is for. */
export const doorAlias = (owner: string, networkId: string): string => `nephos:door:${owner}:${networkId}`

/** Name of the table for masquerading, in family ip of the machine's own namespace. */
export const masqueradeTable = (owner: string): string => `nephos_door_${owner}`

/** How an interface of the machine is shared with a network: as a whole, or one VLAN of it. */
export const shareOf = (
  parent: string,
  vlan: number | null,
  name: string,
  netns: string,
): { kind: 'macvlan' | 'vlan'; alias: string; command: string } => {
  const add = `link add link ${parent} name ${name} netns ${netns} type`
  return vlan === null
    ? { kind: 'macvlan', alias: `nephos:interface:${parent}`, command: `${add} macvlan mode passthru` }
    : { kind: 'vlan', alias: `nephos:interface:${parent}:${vlan}`, command: `${add} vlan id ${vlan}` }
}

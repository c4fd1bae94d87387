const tail = (portId: string): string => portId.replaceAll('-', '').slice(-11)

/** The end of a router's port that is on the network's bridge. */
export const outerName = (portId: string): string => `rp${tail(portId)}`
/** The end of an interface inside the router. */
export const interfaceName = (portId: string): string => `if${tail(portId)}`
/** The end of the gateway inside the router. */
export const gatewayName = (portId: string): string => `gw${tail(portId)}`

/** True for an interface of the host that only a router of ours can have. */
export const isOuter = (name: string): boolean => /^rp[0-9a-f]{11}$/.test(name)
/** True for an interface inside a router that is one of its ports. */
export const isInner = (name: string): boolean => /^(if|gw)[0-9a-f]{11}$/.test(name)

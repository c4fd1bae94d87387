/** The picture of networks: made of many rows, it is asked for again when one of them changes. */
export const topologyShown = ['network', 'topology', 'show'] as const
/** What reaches what: worked out from many rows. */
export const reachabilityChecked = ['network', 'reachability', 'check'] as const

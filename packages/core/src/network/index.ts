import { createNetwork, deleteNetwork, listNetworks, showNetwork, updateNetwork } from './networks/index.ts'
import { createPort, deletePort, listPorts, showPort } from './ports/index.ts'
import { createSubnet, deleteSubnet } from './subnets/index.ts'

export * from './networks/index.ts'
export * from './ports/index.ts'
export * from './subnets/index.ts'

/** Verbs of this domain, nested by noun. */
export const networkVerbs = {
  networks: {
    list: listNetworks,
    show: showNetwork,
    create: createNetwork,
    update: updateNetwork,
    delete: deleteNetwork,
  },
  subnets: { create: createSubnet, delete: deleteSubnet },
  ports: { list: listPorts, show: showPort, create: createPort, delete: deletePort },
} as const

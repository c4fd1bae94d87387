export type { AddressPair } from './address-pairs.ts'
export {
  allocateInstancePorts,
  type InstancePort,
  type InstancePortRequest,
} from './allocate-instance-ports.ts'
export { attachPort, maxInterfaces, type PortWish } from './attach-port.ts'
export { createPort } from './create.ts'
export { deletePort } from './delete.ts'
export { listPorts } from './list.ts'
export {
  computeOwner,
  dhcpOwner,
  floatingIpOwner,
  hiddenOwners,
  routerGatewayOwner,
  routerInterfaceOwner,
  serviceOwners,
} from './owners.ts'
export { releaseInstancePorts } from './release-instance-ports.ts'
export { releasePort } from './release-port.ts'
export { type PortRow, portParts, portRow } from './row.ts'
export { showPort } from './show.ts'
export { tapName } from './tap-name.ts'
export { updatePort } from './update.ts'

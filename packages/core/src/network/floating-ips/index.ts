export { createFloatingIp } from './create.ts'
export { deleteFloatingIp } from './delete.ts'
export { listFloatingIps } from './list.ts'
export { releaseFloatingIps } from './release.ts'
export {
  announceFloatingIp,
  type FloatingIpPort,
  type FloatingIpRow,
  type PortForwardingRow,
  readFloatingIpRow,
} from './row.ts'
export { showFloatingIp } from './show.ts'
export { updateFloatingIp } from './update.ts'

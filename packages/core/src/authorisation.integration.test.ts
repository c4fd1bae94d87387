import { newHexId, newId } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allVerbs } from './index.ts'
import type { Ctx, NephosError, Verb } from './kernel/index.ts'
import {
  anonymousCtx,
  createTestCloud,
  ctxFor,
  makeFlavor,
  makeHost,
  makeImage,
  makeInstance,
  makeNetwork,
  makeProject,
  makeUser,
  makeVolume,
  makeVolumeBackend,
  makeVolumeBackup,
  makeVolumeType,
  type TestCloud,
} from './testing/index.ts'

/** Everything that one tenant has and another must not reach. */
interface Victim {
  projectId: string
  userId: string
  domainId: string
  sessionId: string
  tokenId: string
  assignmentId: string
  keyPairId: string
  instanceId: string
  flavorId: string
  privateFlavorId: string
  hostId: string
  imageId: string
  networkId: string
  subnetId: string
  portId: string
  securityGroupId: string
  securityGroupRuleId: string
  qosPolicyId: string
  qosRuleId: string
  operationId: string
  aggregateId: string
  serverGroupId: string
  routerId: string
  floatingIpId: string
  forwardingId: string
  otherProjectId: string
  rbacPolicyId: string
  addressGroupId: string
  volumeId: string
  snapshotId: string
  backupId: string
  attachmentId: string
  volumeTypeId: string
  qosSpecId: string
  transferId: string
  backendId: string
}

/**
 * What a member of another project gets, with an input that is valid and aims at the victim:
 * - `not_found`: the resource does not exist for him
 * - `invalid_input`: the same for a resource that a field of a new one names: the field is said to be wrong
 * - `forbidden`: the verb is for administrators
 * - `own`: the verb only ever touches what is the caller's; a list shows nothing of the victim's
 * - `shared`: what the verb shows is meant for everyone (public flavors, role names)
 */
interface Case {
  input: (victim: Victim) => unknown
  stranger: 'not_found' | 'invalid_input' | 'forbidden' | 'own' | 'shared'
}

const password = 'correct horse battery'
const everyRow = () => ({ limit: 1000 })
const admins = (input: Case['input']): Case => ({ input, stranger: 'forbidden' })
const hidden = (input: Case['input']): Case => ({ input, stranger: 'not_found' })
const own = (input: Case['input'] = () => ({})): Case => ({ input, stranger: 'own' })

const cases: Record<string, Case> = {
  'identity.sessions.login': own(() => ({ name: 'nobody-of-that-name', password })),
  'identity.sessions.current': own(),
  'identity.sessions.switchProject': hidden((victim) => ({ projectId: victim.projectId })),
  'identity.sessions.logout': own(),
  'identity.sessions.list': own(everyRow),
  'identity.sessions.revoke': hidden((victim) => ({ id: victim.sessionId })),
  'identity.tokens.create': own(() => ({ name: 'script' })),
  'identity.tokens.authenticate': own(() => ({ name: 'nobody-of-that-name', password })),
  'identity.tokens.list': own(everyRow),
  'identity.tokens.revoke': hidden((victim) => ({ id: victim.tokenId })),
  'identity.users.list': admins(everyRow),
  'identity.users.show': admins((victim) => ({ id: victim.userId })),
  'identity.users.create': admins(() => ({ name: 'newcomer', password })),
  'identity.users.update': admins((victim) => ({ id: victim.userId, description: 'taken over' })),
  'identity.users.delete': admins((victim) => ({ id: victim.userId })),
  'identity.users.setPassword': admins((victim) => ({ id: victim.userId, password })),
  'identity.users.changeOwnPassword': own(() => ({ current: 'not the password', next: password })),
  'identity.projects.list': admins(everyRow),
  'identity.projects.show': hidden((victim) => ({ id: victim.projectId })),
  'identity.projects.create': admins(() => ({ name: 'newcomer' })),
  'identity.projects.update': admins((victim) => ({ id: victim.projectId, description: 'taken over' })),
  'identity.projects.delete': admins((victim) => ({ id: victim.projectId })),
  'identity.domains.list': admins(everyRow),
  'identity.domains.create': admins(() => ({ name: 'newcomer' })),
  'identity.roles.list': { input: () => ({}), stranger: 'shared' },
  'identity.assignments.list': admins((victim) => ({ projectId: victim.projectId })),
  'identity.assignments.grant': admins((victim) => ({
    userId: victim.userId,
    role: 'admin',
    target: { type: 'project', id: victim.projectId },
  })),
  'identity.assignments.revoke': admins((victim) => ({ id: victim.assignmentId })),
  'identity.quotas.show': hidden((victim) => ({ projectId: victim.projectId })),
  'identity.quotas.update': admins((victim) => ({ projectId: victim.projectId, limits: { instances: 1 } })),
  'compute.flavors.list': { input: everyRow, stranger: 'shared' },
  'compute.flavors.show': hidden((victim) => ({ id: victim.privateFlavorId })),
  'compute.flavors.create': admins(() => ({ name: 'newcomer', vcpus: 1, ramMib: 128, diskGib: 1 })),
  'compute.flavors.update': admins((victim) => ({ id: victim.flavorId, description: 'changed' })),
  'compute.flavors.delete': admins((victim) => ({ id: victim.flavorId })),
  'compute.flavors.setExtraSpecs': admins((victim) => ({
    id: victim.flavorId,
    extraSpecs: { 'hw:cpu_sockets': '1' },
  })),
  'compute.flavors.unsetExtraSpecs': admins((victim) => ({ id: victim.flavorId, keys: ['hw:cpu_sockets'] })),
  'compute.flavors.addAccess': admins((victim) => ({
    id: victim.privateFlavorId,
    projectId: victim.projectId,
  })),
  'compute.flavors.removeAccess': admins((victim) => ({
    id: victim.privateFlavorId,
    projectId: victim.projectId,
  })),
  'compute.flavors.listAccess': admins((victim) => ({ id: victim.privateFlavorId })),
  'compute.aggregates.list': admins(everyRow),
  'compute.aggregates.show': admins((victim) => ({ id: victim.aggregateId })),
  'compute.aggregates.create': admins(() => ({ name: 'newcomer' })),
  'compute.aggregates.update': admins((victim) => ({ id: victim.aggregateId, name: 'taken-over' })),
  'compute.aggregates.setMetadata': admins((victim) => ({
    id: victim.aggregateId,
    metadata: { ssd: 'true' },
  })),
  'compute.aggregates.addHost': admins((victim) => ({ id: victim.aggregateId, hostId: victim.hostId })),
  'compute.aggregates.removeHost': admins((victim) => ({ id: victim.aggregateId, hostId: victim.hostId })),
  'compute.aggregates.delete': admins((victim) => ({ id: victim.aggregateId })),
  'compute.zones.list': { input: () => ({}), stranger: 'shared' },
  'compute.serverGroups.list': own(() => ({ ...everyRow(), allProjects: true })),
  'compute.serverGroups.show': hidden((victim) => ({ id: victim.serverGroupId })),
  'compute.serverGroups.create': own(() => ({ name: 'mine', policy: 'affinity' })),
  'compute.serverGroups.delete': hidden((victim) => ({ id: victim.serverGroupId })),
  'compute.placement.preview': {
    input: (victim) => ({ flavorId: victim.flavorId, serverGroupId: victim.serverGroupId }),
    stranger: 'invalid_input',
  },
  'compute.hosts.allocations': admins((victim) => ({ id: victim.hostId })),
  'compute.hosts.delete': admins((victim) => ({ id: victim.hostId })),
  'compute.hosts.list': admins(everyRow),
  'compute.hosts.metrics': admins((victim) => ({ id: victim.hostId })),
  'compute.hosts.metricsSummary': admins((victim) => ({ ids: [victim.hostId] })),
  'compute.hosts.show': admins((victim) => ({ id: victim.hostId })),
  'compute.hosts.update': admins((victim) => ({ id: victim.hostId, enabled: false, disabledReason: 'gone' })),
  'compute.instances.create': {
    input: (victim) => ({
      name: 'intruder',
      flavorId: victim.flavorId,
      imageId: victim.imageId,
      networkIds: [victim.networkId],
    }),
    stranger: 'invalid_input',
  },
  'compute.instances.list': own(everyRow),
  'compute.instances.show': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.start': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.stop': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.reboot': hidden((victim) => ({ id: victim.instanceId, type: 'hard' })),
  'compute.backups.show': hidden((victim) => ({ instanceId: victim.instanceId })),
  'compute.backups.schedule': hidden((victim) => ({
    instanceId: victim.instanceId,
    everyHours: 24,
    keep: 1,
  })),
  'compute.backups.unschedule': hidden((victim) => ({ instanceId: victim.instanceId })),
  'compute.instances.rebuild': hidden((victim) => ({ id: victim.instanceId, name: 'taken-over' })),
  'compute.instances.createImage': hidden((victim) => ({ id: victim.instanceId, name: 'stolen' })),
  'compute.instances.createBackup': hidden((victim) => ({
    id: victim.instanceId,
    name: 'stolen',
    rotation: 1,
  })),
  'compute.instances.shelve': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.shelveOffload': admins((victim) => ({ id: victim.instanceId })),
  'compute.instances.unshelve': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.delete': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.rename': hidden((victim) => ({ id: victim.instanceId, name: 'taken-over' })),
  'compute.instances.resize': hidden((victim) => ({ id: victim.instanceId, flavorId: victim.flavorId })),
  'compute.instances.confirmResize': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.revertResize': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.migrate': admins((victim) => ({ id: victim.instanceId })),
  'compute.instances.liveMigrate': admins((victim) => ({ id: victim.instanceId })),
  'compute.instances.evacuate': admins((victim) => ({ id: victim.instanceId })),
  'compute.drains.preview': admins((victim) => ({ hostId: victim.hostId })),
  'compute.drains.begin': admins((victim) => ({ hostId: victim.hostId })),
  'compute.drains.list': admins(everyRow),
  'compute.drains.show': admins(() => ({ id: newId() })),
  'compute.drains.pause': admins(() => ({ id: newId() })),
  'compute.drains.resume': admins(() => ({ id: newId() })),
  'compute.drains.abort': admins(() => ({ id: newId() })),
  'compute.migrations.abort': admins(() => ({ id: newId() })),
  'compute.migrations.forceComplete': admins(() => ({ id: newId() })),
  'compute.migrations.list': admins(everyRow),
  'compute.migrations.current': hidden((victim) => ({ instanceId: victim.instanceId })),
  'compute.instances.openConsole': hidden((victim) => ({ id: victim.instanceId, kind: 'serial' })),
  'compute.instances.metrics': hidden((victim) => ({ id: victim.instanceId, range: '6h' })),
  'compute.instances.metricsSummary': own((victim) => ({ ids: [victim.instanceId] })),
  'compute.instances.pause': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.unpause': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.suspend': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.resume': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.rescue': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.unrescue': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.lock': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.unlock': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.guest': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.triggerCrashDump': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.restore': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.forceDelete': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.changePassword': hidden((victim) => ({ id: victim.instanceId, password })),
  'compute.instances.resetState': admins((victim) => ({ id: victim.instanceId, state: 'error' })),
  'compute.instances.update': hidden((victim) => ({ id: victim.instanceId, description: 'taken over' })),
  'compute.instances.setMetadata': hidden((victim) => ({ id: victim.instanceId, set: { taken: 'over' } })),
  'compute.instances.tags': own(),
  'compute.instances.setTags': hidden((victim) => ({ id: victim.instanceId, tags: ['mine'] })),
  'compute.instances.addTag': hidden((victim) => ({ id: victim.instanceId, tag: 'mine' })),
  'compute.instances.removeTag': hidden((victim) => ({ id: victim.instanceId, tag: 'theirs' })),
  'compute.instances.actions': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.console': hidden((victim) => ({ id: victim.instanceId, offset: 0, limit: 1000 })),
  'compute.instances.attachInterface': hidden((victim) => ({
    id: victim.instanceId,
    networkId: victim.networkId,
  })),
  'compute.instances.detachInterface': hidden((victim) => ({
    id: victim.instanceId,
    portId: victim.portId,
  })),
  'compute.instances.attachVolume': hidden((victim) => ({
    id: victim.instanceId,
    volumeId: victim.networkId,
  })),
  'compute.instances.detachVolume': hidden((victim) => ({
    id: victim.instanceId,
    volumeId: victim.networkId,
  })),
  'compute.instances.volumes': hidden((victim) => ({ id: victim.instanceId })),
  'compute.instances.updateVolume': hidden((victim) => ({
    id: victim.instanceId,
    volumeId: victim.networkId,
    deleteOnTermination: true,
  })),
  'compute.instances.addSecurityGroup': hidden((victim) => ({
    id: victim.instanceId,
    securityGroupId: victim.securityGroupId,
  })),
  'compute.instances.removeSecurityGroup': hidden((victim) => ({
    id: victim.instanceId,
    securityGroupId: victim.securityGroupId,
  })),
  'compute.keyPairs.list': own(everyRow),
  'compute.keyPairs.show': hidden((victim) => ({ id: victim.keyPairId })),
  'compute.keyPairs.create': own(() => ({ name: 'mine' })),
  'compute.keyPairs.import': own(() => ({
    name: 'imported',
    publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f',
  })),
  'compute.keyPairs.delete': hidden((victim) => ({ id: victim.keyPairId })),
  'network.networks.list': own(everyRow),
  'network.networks.show': hidden((victim) => ({ id: victim.networkId })),
  'network.networks.create': own(() => ({ name: 'mine' })),
  'network.networks.update': hidden((victim) => ({ id: victim.networkId, name: 'taken-over' })),
  'network.networks.delete': hidden((victim) => ({ id: victim.networkId })),
  'network.subnets.list': own(everyRow),
  'network.subnets.show': hidden((victim) => ({ id: victim.subnetId })),
  'network.subnets.update': hidden((victim) => ({ id: victim.subnetId, name: 'taken-over' })),
  'network.subnets.create': hidden((victim) => ({ networkId: victim.networkId, cidr: '10.9.0.0/24' })),
  'network.subnets.delete': hidden((victim) => ({ id: victim.subnetId })),
  'network.ports.list': own(everyRow),
  'network.ports.show': hidden((victim) => ({ id: victim.portId })),
  'network.ports.create': hidden((victim) => ({ networkId: victim.networkId })),
  'network.ports.update': hidden((victim) => ({ id: victim.portId, name: 'taken-over' })),
  'network.ports.delete': hidden((victim) => ({ id: victim.portId })),
  'network.routers.list': own((victim) => ({ ...everyRow(), networkId: victim.networkId })),
  'network.routers.show': hidden((victim) => ({ id: victim.routerId })),
  'network.routers.create': own(() => ({ name: 'mine' })),
  'network.routers.update': hidden((victim) => ({ id: victim.routerId, name: 'taken-over' })),
  'network.routers.delete': hidden((victim) => ({ id: victim.routerId })),
  'network.routers.addInterface': hidden((victim) => ({
    id: victim.routerId,
    subnetId: victim.subnetId,
  })),
  'network.routers.removeInterface': hidden((victim) => ({
    id: victim.routerId,
    subnetId: victim.subnetId,
  })),
  'network.floatingIps.list': own((victim) => ({ ...everyRow(), portId: victim.portId })),
  'network.floatingIps.show': hidden((victim) => ({ id: victim.floatingIpId })),
  'network.floatingIps.create': hidden((victim) => ({ networkId: victim.networkId })),
  'network.floatingIps.update': hidden((victim) => ({ id: victim.floatingIpId, portId: null })),
  'network.floatingIps.delete': hidden((victim) => ({ id: victim.floatingIpId })),
  'network.portForwardings.list': hidden((victim) => ({ floatingIpId: victim.floatingIpId })),
  'network.portForwardings.show': hidden((victim) => ({ id: victim.forwardingId })),
  'network.portForwardings.create': hidden((victim) => ({
    floatingIpId: victim.floatingIpId,
    protocol: 'tcp',
    externalPort: 22,
    internalPortId: victim.portId,
    internalPort: 22,
  })),
  'network.portForwardings.update': hidden((victim) => ({ id: victim.forwardingId, externalPort: 23 })),
  'network.portForwardings.delete': hidden((victim) => ({ id: victim.forwardingId })),
  'network.reachability.check': hidden((victim) => ({
    from: { kind: 'instance', id: victim.instanceId },
    to: { kind: 'address', address: '10.0.0.9' },
    port: 22,
  })),
  'network.topology.show': own(),
  'network.rbacPolicies.list': own((victim) => ({ ...everyRow(), networkId: victim.networkId })),
  'network.rbacPolicies.show': hidden((victim) => ({ id: victim.rbacPolicyId })),
  'network.rbacPolicies.create': hidden((victim) => ({
    networkId: victim.networkId,
    targetProject: victim.otherProjectId,
  })),
  'network.rbacPolicies.delete': hidden((victim) => ({ id: victim.rbacPolicyId })),
  'network.tags.list': own(() => ({ kind: 'port' })),
  'network.tags.set': hidden((victim) => ({ kind: 'port', id: victim.portId, tags: ['mine'] })),
  'network.tags.add': hidden((victim) => ({ kind: 'network', id: victim.networkId, tag: 'mine' })),
  'network.tags.remove': hidden((victim) => ({ kind: 'router', id: victim.routerId, tag: 'theirs' })),
  'network.addressGroups.list': own(everyRow),
  'network.addressGroups.show': hidden((victim) => ({ id: victim.addressGroupId })),
  'network.addressGroups.create': own(() => ({ name: 'mine' })),
  'network.addressGroups.update': hidden((victim) => ({ id: victim.addressGroupId, name: 'taken-over' })),
  'network.addressGroups.delete': hidden((victim) => ({ id: victim.addressGroupId })),
  'network.addressGroups.addAddresses': hidden((victim) => ({
    id: victim.addressGroupId,
    addresses: ['192.0.2.9'],
  })),
  'network.addressGroups.removeAddresses': hidden((victim) => ({
    id: victim.addressGroupId,
    addresses: ['192.0.2.1'],
  })),
  'network.ports.setSecurityGroups': hidden((victim) => ({ id: victim.portId, securityGroupIds: [] })),
  'network.securityGroups.list': own(everyRow),
  'network.securityGroups.show': hidden((victim) => ({ id: victim.securityGroupId })),
  'network.securityGroups.create': own(() => ({ name: 'mine' })),
  'network.securityGroups.update': hidden((victim) => ({ id: victim.securityGroupId, name: 'taken-over' })),
  'network.securityGroups.delete': hidden((victim) => ({ id: victim.securityGroupId })),
  'network.securityGroupRules.create': hidden((victim) => ({
    securityGroupId: victim.securityGroupId,
    direction: 'ingress',
  })),
  'network.qosPolicies.list': own(everyRow),
  'network.qosPolicies.show': hidden((victim) => ({ id: victim.qosPolicyId })),
  'network.qosPolicies.create': own(() => ({ name: 'mine' })),
  'network.qosPolicies.update': hidden((victim) => ({ id: victim.qosPolicyId, name: 'taken-over' })),
  'network.qosPolicies.delete': hidden((victim) => ({ id: victim.qosPolicyId })),
  'network.qosRules.create': hidden((victim) => ({
    policyId: victim.qosPolicyId,
    type: 'bandwidth_limit',
    direction: 'ingress',
    maxKbps: 1000,
  })),
  'network.qosRules.update': hidden((victim) => ({ id: victim.qosRuleId, maxKbps: 1000 })),
  'network.qosRules.delete': hidden((victim) => ({ id: victim.qosRuleId })),
  'network.securityGroupRules.delete': hidden((victim) => ({ id: victim.securityGroupRuleId })),
  'image.images.list': own(everyRow),
  'image.images.show': hidden((victim) => ({ id: victim.imageId })),
  'image.images.create': own(() => ({ name: 'mine' })),
  'image.images.update': hidden((victim) => ({ id: victim.imageId, name: 'taken-over' })),
  'image.images.delete': hidden((victim) => ({ id: victim.imageId })),
  'image.images.cancelUpload': hidden((victim) => ({ id: victim.imageId })),
  'volume.volumes.list': own(everyRow),
  'volume.volumes.summary': own(),
  'volume.zones.list': { input: () => ({}), stranger: 'shared' },
  'volume.volumes.show': hidden((victim) => ({ id: victim.volumeId })),
  'volume.volumes.create': hidden((victim) => ({ sourceVolumeId: victim.volumeId })),
  'volume.volumes.update': hidden((victim) => ({ id: victim.volumeId, name: 'taken-over' })),
  'volume.volumes.delete': hidden((victim) => ({ id: victim.volumeId })),
  'volume.volumes.forceDelete': admins((victim) => ({ id: victim.volumeId })),
  'volume.volumes.extend': hidden((victim) => ({ id: victim.volumeId, sizeGib: 100 })),
  'volume.volumes.revert': hidden((victim) => ({ id: victim.volumeId, snapshotId: victim.snapshotId })),
  'volume.volumes.setMetadata': hidden((victim) => ({ id: victim.volumeId, set: { mine: 'yes' } })),
  'volume.volumes.setImageMetadata': hidden((victim) => ({ id: victim.volumeId, set: { mine: 'yes' } })),
  'volume.volumes.setBootable': hidden((victim) => ({ id: victim.volumeId, bootable: true })),
  'volume.volumes.setReadOnly': hidden((victim) => ({ id: victim.volumeId, readOnly: true })),
  'volume.volumes.resetStatus': admins((victim) => ({ id: victim.volumeId, status: 'available' })),
  'volume.volumes.uploadToImage': hidden((victim) => ({ id: victim.volumeId, name: 'stolen' })),
  'volume.volumes.retype': hidden((victim) => ({ id: victim.volumeId, typeId: victim.volumeTypeId })),
  'volume.volumes.migrate': admins((victim) => ({ id: victim.volumeId })),
  'volume.snapshots.list': own((victim) => ({ ...everyRow(), volumeId: victim.volumeId })),
  'volume.snapshots.show': hidden((victim) => ({ id: victim.snapshotId })),
  'volume.snapshots.create': hidden((victim) => ({ volumeId: victim.volumeId })),
  'volume.snapshots.update': hidden((victim) => ({ id: victim.snapshotId, name: 'taken-over' })),
  'volume.snapshots.delete': hidden((victim) => ({ id: victim.snapshotId })),
  'volume.snapshots.resetStatus': admins((victim) => ({ id: victim.snapshotId, status: 'available' })),
  'volume.backups.list': own((victim) => ({ ...everyRow(), volumeId: victim.volumeId })),
  'volume.backups.show': hidden((victim) => ({ id: victim.backupId })),
  'volume.backups.create': hidden((victim) => ({ volumeId: victim.volumeId, force: true })),
  'volume.backups.update': hidden((victim) => ({ id: victim.backupId, name: 'taken-over' })),
  'volume.backups.delete': hidden((victim) => ({ id: victim.backupId })),
  'volume.backups.restore': hidden((victim) => ({ id: victim.backupId })),
  'volume.backups.resetStatus': admins((victim) => ({ id: victim.backupId, status: 'available' })),
  'volume.attachments.list': own((victim) => ({ ...everyRow(), volumeId: victim.volumeId })),
  'volume.attachments.show': hidden((victim) => ({ id: victim.attachmentId })),
  'volume.types.list': own(everyRow),
  'volume.types.show': hidden((victim) => ({ id: victim.volumeTypeId })),
  'volume.types.showDefault': own(),
  'volume.types.create': admins(() => ({ name: 'newcomer' })),
  'volume.types.update': admins((victim) => ({ id: victim.volumeTypeId, description: 'changed' })),
  'volume.types.delete': admins((victim) => ({ id: victim.volumeTypeId })),
  'volume.types.addAccess': admins((victim) => ({
    id: victim.volumeTypeId,
    projectId: victim.otherProjectId,
  })),
  'volume.types.removeAccess': admins((victim) => ({
    id: victim.volumeTypeId,
    projectId: victim.projectId,
  })),
  'volume.types.listAccess': admins((victim) => ({ id: victim.volumeTypeId })),
  'volume.types.setDefault': admins((victim) => ({ id: victim.volumeTypeId })),
  'volume.qosSpecs.list': admins(everyRow),
  'volume.qosSpecs.show': admins((victim) => ({ id: victim.qosSpecId })),
  'volume.qosSpecs.create': admins(() => ({ name: 'newcomer' })),
  'volume.qosSpecs.update': admins((victim) => ({ id: victim.qosSpecId, name: 'changed' })),
  'volume.qosSpecs.delete': admins((victim) => ({ id: victim.qosSpecId })),
  'volume.transfers.list': own(everyRow),
  'volume.transfers.show': hidden((victim) => ({ id: victim.transferId })),
  'volume.transfers.create': hidden((victim) => ({ volumeId: victim.volumeId })),
  'volume.transfers.accept': hidden((victim) => ({ id: victim.transferId, authKey: 'a guess' })),
  'volume.transfers.delete': hidden((victim) => ({ id: victim.transferId })),
  'volume.backends.list': admins(everyRow),
  'volume.backends.show': admins((victim) => ({ id: victim.backendId })),
  'volume.backends.update': admins((victim) => ({ id: victim.backendId, enabled: false })),
  'image.images.import': hidden((victim) => ({
    id: victim.imageId,
    method: 'web-download',
    uri: 'https://example.org/disk.qcow2',
  })),
  'image.images.warm': admins((victim) => ({ id: victim.imageId })),
  'image.stores.list': own(() => ({})),
  'image.stores.drop': admins((victim) => ({ id: victim.imageId, store: 'file' })),
  'image.images.usage': hidden((victim) => ({ id: victim.imageId })),
  'image.images.deactivate': hidden((victim) => ({ id: victim.imageId })),
  'image.images.reactivate': hidden((victim) => ({ id: victim.imageId })),
  'image.members.list': hidden((victim) => ({ id: victim.imageId })),
  'image.members.show': hidden((victim) => ({ id: victim.imageId, projectId: victim.projectId })),
  'image.members.add': hidden((victim) => ({ id: victim.imageId, projectId: victim.otherProjectId })),
  'image.members.remove': hidden((victim) => ({ id: victim.imageId, projectId: victim.otherProjectId })),
  'image.members.setStatus': hidden((victim) => ({ id: victim.imageId, status: 'accepted' })),
  'image.tags.list': own(),
  'image.tags.add': hidden((victim) => ({ id: victim.imageId, tag: 'taken-over' })),
  'image.tags.remove': hidden((victim) => ({ id: victim.imageId, tag: 'golden' })),
  'image.catalogue.list': { input: () => ({}), stranger: 'shared' },
  'image.catalogue.check': { input: () => ({}), stranger: 'shared' },
  'image.uploads.begin': hidden((victim) => ({ id: victim.imageId, size: 1, fileName: 'a.qcow2' })),
  'operation.operations.list': own(everyRow),
  'operation.operations.show': hidden((victim) => ({ id: victim.operationId })),
  'operation.operations.cancel': hidden((victim) => ({ id: victim.operationId })),
  'operation.operations.retry': hidden((victim) => ({ id: victim.operationId })),
  'operation.audit.list': own(everyRow),
}

let cloud: TestCloud
let victim: Victim

beforeAll(async () => {
  cloud = await createTestCloud()
  const project = await makeProject(cloud)
  const user = await makeUser(cloud, { project, role: 'admin' })
  const projectId = project.id
  const [flavor, privateFlavor, host, image, network, instance] = await Promise.all([
    makeFlavor(cloud),
    makeFlavor(cloud, { isPublic: false }),
    makeHost(cloud),
    makeImage(cloud, { projectId }),
    makeNetwork(cloud, { projectId }),
    makeInstance(cloud, { projectId }),
  ])
  const now = new Date()
  const later = new Date(Date.now() + 3_600_000)
  const session = await cloud.db.session.create({
    data: {
      id: newId(),
      userId: user.id,
      secretHash: newHexId(),
      rotatedAt: now,
      lastSeenAt: now,
      idleExpiresAt: later,
      absoluteExpiresAt: later,
    },
  })
  const token = await cloud.db.token.create({
    data: {
      id: newId(),
      userId: user.id,
      secretHash: newHexId(),
      scopeType: 'project',
      scopeId: projectId,
      expiresAt: later,
    },
  })
  const keyPair = await cloud.db.keyPair.create({
    data: { id: newId(), userId: user.id, name: 'theirs', publicKey: 'ssh-ed25519 AAAA', fingerprint: '00' },
  })
  const port = await cloud.db.port.create({
    data: { id: newId(), networkId: network.id, projectId, macAddress: 'fa:16:3e:00:00:01' },
  })
  const qosRuleId = newId()
  const qosPolicy = await cloud.db.qosPolicy.create({
    data: {
      id: newId(),
      projectId,
      name: 'theirs',
      rules: { create: { id: qosRuleId, type: 'bandwidth_limit', maxKbps: 1000 } },
    },
  })
  const securityGroupRuleId = newId()
  const securityGroup = await cloud.db.securityGroup.create({
    data: {
      id: newId(),
      projectId,
      name: 'theirs',
      rules: {
        create: {
          id: securityGroupRuleId,
          projectId,
          direction: 'egress',
          fingerprint: 'egress IPv4 * * * *',
        },
      },
    },
  })
  const operation = await cloud.db.operation.create({
    data: {
      id: newId(),
      kind: 'instance-start',
      projectId,
      requestId: 'req-of-the-victim',
      resourceType: 'instance',
      resourceId: instance.id,
      input: {},
      status: 'failed',
    },
  })
  await cloud.db.audit.create({
    data: {
      id: newId(),
      requestId: 'req-of-the-victim',
      actorType: 'user',
      projectId,
      verb: 'compute.instances.create',
      resourceType: 'instance',
      resourceId: instance.id,
    },
  })
  const aggregate = await cloud.db.aggregate.create({
    data: { id: newId(), name: 'theirs', metadata: {}, hosts: { create: { hostId: host.id } } },
  })
  const serverGroup = await cloud.db.serverGroup.create({
    data: { id: newId(), projectId, userId: user.id, name: 'theirs', policy: 'affinity' },
  })
  const router = await cloud.db.router.create({ data: { id: newId(), projectId, routes: [] } })
  const floatingPort = await cloud.db.port.create({
    data: {
      id: newId(),
      networkId: network.id,
      projectId,
      macAddress: 'fa:16:3e:00:00:02',
      deviceOwner: 'network:floatingip',
    },
  })
  const floatingIp = await cloud.db.floatingIp.create({
    data: {
      id: newId(),
      projectId,
      networkId: network.id,
      address: '10.0.0.77',
      floatingPortId: floatingPort.id,
      routerId: router.id,
      forwardings: {
        create: {
          id: newId(),
          protocol: 'tcp',
          externalPort: 80,
          internalPortId: port.id,
          internalAddress: '10.0.0.9',
          internalPort: 80,
        },
      },
    },
    include: { forwardings: true },
  })
  const addressGroup = await cloud.db.addressGroup.create({
    data: { id: newId(), projectId, name: 'theirs', addresses: { create: { cidr: '192.0.2.1/32' } } },
  })
  const otherProject = await makeProject(cloud)
  const rbacPolicy = await cloud.db.networkRbac.create({
    data: {
      id: newId(),
      networkId: network.id,
      projectId,
      action: 'access_as_shared',
      targetProject: otherProject.id,
    },
  })
  const qosSpec = await cloud.db.volumeQosSpec.create({ data: { id: newId(), name: 'theirs', specs: {} } })
  const volumeType = await makeVolumeType(cloud, { isPublic: false, qosSpecId: qosSpec.id })
  await cloud.db.volumeTypeAccess.create({ data: { typeId: volumeType.id, projectId } })
  const backend = await makeVolumeBackend(cloud)
  const volume = await makeVolume(cloud, {
    projectId,
    typeId: volumeType.id,
    backendId: backend.id,
    status: 'in_use',
    attachments: {
      create: { id: newId(), projectId, instanceId: instance.id, status: 'attached' },
    },
    snapshots: {
      create: { id: newId(), projectId, userId: user.id, sizeGib: 1, status: 'available', metadata: {} },
    },
    transfer: { create: { id: newId(), projectId, keyHash: newHexId() } },
  })
  const volumeThings = await cloud.db.volume.findUniqueOrThrow({
    where: { id: volume.id },
    include: { attachments: true, snapshots: true, transfer: true },
  })
  const backup = await makeVolumeBackup(cloud, volume)
  const assignment = await cloud.db.assignment.findFirstOrThrow({ where: { userId: user.id } })
  victim = {
    projectId,
    userId: user.id,
    domainId: cloud.domainId,
    sessionId: session.id,
    tokenId: token.id,
    assignmentId: assignment.id,
    keyPairId: keyPair.id,
    instanceId: instance.id,
    flavorId: flavor.id,
    privateFlavorId: privateFlavor.id,
    hostId: host.id,
    imageId: image.id,
    networkId: network.id,
    subnetId: network.subnets[0]!.id,
    portId: port.id,
    securityGroupId: securityGroup.id,
    securityGroupRuleId,
    qosPolicyId: qosPolicy.id,
    qosRuleId,
    operationId: operation.id,
    aggregateId: aggregate.id,
    serverGroupId: serverGroup.id,
    routerId: router.id,
    floatingIpId: floatingIp.id,
    forwardingId: floatingIp.forwardings[0]!.id,
    otherProjectId: otherProject.id,
    rbacPolicyId: rbacPolicy.id,
    addressGroupId: addressGroup.id,
    volumeId: volume.id,
    snapshotId: volumeThings.snapshots[0]!.id,
    backupId: backup.id,
    attachmentId: volumeThings.attachments[0]!.id,
    volumeTypeId: volumeType.id,
    qosSpecId: qosSpec.id,
    transferId: volumeThings.transfer!.id,
    backendId: backend.id,
  }
})

afterAll(() => cloud.close())

const stranger = async (role: 'reader' | 'member' = 'member'): Promise<Ctx> => {
  const project = await makeProject(cloud)
  const user = await makeUser(cloud, { project, role })
  return ctxFor(cloud, { user, project, role })
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: NephosError) => error.code ?? `thrown: ${error}`,
  )

test('every verb has an authorisation case, and no case is for a verb that is gone', () => {
  expect(Object.keys(cases).toSorted()).toEqual(allVerbs.map(({ verb }) => verb).toSorted())
})

/** The verbs differ in their inputs; here every one is called with its case's. */
const verbs = allVerbs as unknown as readonly Verb[]

describe.each(verbs.map((verb) => [verb.verb, verb] as const))('%s', (name, verb) => {
  const { input, stranger: expected } = cases[name] ?? own()

  if (verb.rule.scope !== 'anyone')
    test('without a session: unauthenticated', async () => {
      expect(await codeOf(verb({ ctx: anonymousCtx(cloud), input: input(victim) }))).toBe('unauthenticated')
    })

  test(`a member of another project: ${expected}`, async () => {
    const ctx = await stranger()
    const kicked = cloud.kicked.length
    if (expected !== 'own' && expected !== 'shared') {
      expect(await codeOf(verb({ ctx, input: input(victim) }))).toBe(expected)
      expect(cloud.kicked.length).toBe(kicked)
    } else if (expected === 'own' && verb.kind === 'query') {
      const answer = JSON.stringify(await codeOfOrValue(verb({ ctx, input: input(victim) })))
      for (const [what, id] of Object.entries(victim))
        if (!['domainId', 'flavorId', 'hostId'].includes(what)) expect(answer, what).not.toContain(id)
    }
  })

  if (verb.kind === 'mutation' && verb.rule.scope === 'project')
    test('a reader cannot write', async () => {
      const ctx = ctxFor(cloud, {
        project: { id: victim.projectId, name: 'theirs', domainId: cloud.domainId },
        role: 'reader',
      })
      expect(await codeOf(verb({ ctx, input: input(victim) }))).toBe('forbidden')
    })
})

/** What the call answers; a verb that needs a real session says so, which shows nothing either. */
const codeOfOrValue = (call: Promise<unknown>) =>
  call.catch((error: NephosError) => {
    if (!error.code) throw error
    return error.code
  })

import { randomInt } from 'node:crypto'
import { insertRows, newId, Prisma } from '@nephos/db'
import {
  defineVerb,
  invalid,
  isAdmin,
  type MutationTx,
  mutate,
  requireProject,
  requireUser,
  takeQuota,
} from '../../kernel/index.ts'
import { allocateInstancePorts } from '../../network/ports/allocate-instance-ports.ts'
import { takeVolumeQuota } from '../../volume/volumes/insert.ts'
import { joinServerGroup } from '../server-groups/join.ts'
import { instanceChanged } from './changed.ts'
import { type CreateInstanceInput, createInstanceInput } from './create-input.ts'
import { findInstanceNeeds, type InstanceNeeds } from './create-needs.ts'
import { addVolumes, requireOwnVolumes } from './create-volumes.ts'
import { hostnameOf, instanceNames } from './hostname.ts'
import { neededGone } from './needed-gone.ts'
import type { InstanceRecord } from './row.ts'
import { userDataBytes } from './user-data.ts'

/** What the caller gets at once; the instances are built by their operations. */
export interface CreatedInstances {
  reservationId: string
  instances: { id: string; name: string; operationId: string }[]
}

const idLetters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const newReservationId = () =>
  `r-${Array.from({ length: 8 }, () => idLetters[randomInt(idLetters.length)]).join('')}`

/**
 * Creates one or several instances: rows, ports, quota and one operation each, in one transaction.
 * @throws NephosError invalid_input, conflict (no free address, several networks and none chosen), quota_exceeded
 */
export const createInstance = defineVerb({
  name: 'compute.instances.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: createInstanceInput,
  run: async ({ ctx, input }): Promise<CreatedInstances> => {
    const { id: projectId } = requireProject(ctx)
    const { userId } = requireUser(ctx)
    const names = instanceNames(input.name, input.count)
    if (names.at(-1)!.length > 255)
      throw invalid(
        'name',
        'With its number a name would have more than 255 characters.',
        'Shorten the name.',
      )
    const userData = userDataBytes(input.userData, input.userDataEncoding)
    requireOwnVolumes(input)
    const needs = await findInstanceNeeds(ctx, input)
    const reservationId = newReservationId()
    return mutate(ctx, async (tx) => {
      const { serverGroupId } = needs.placement
      if (serverGroupId) await joinServerGroup(ctx, tx, { id: serverGroupId, projectId, count: names.length })
      const records = names.map((name) => newRecord(name, projectId, userId, input, needs))
      await insertRows(tx.db, [
        {
          table: 'Instance',
          rows: records.map(({ host: _, ports: __, ...columns }, launchIndex) => ({
            ...columns,
            metadata: input.metadata,
            extraSpecs: needs.flavor.extraSpecs ?? Prisma.DbNull,
            configDrive: input.configDrive,
            restartPolicy: input.restartPolicy,
            serverGroupId: needs.placement.serverGroupId,
            hints: needs.placement.hints ?? Prisma.DbNull,
            imageProperties: needs.boot.properties ?? Prisma.DbNull,
            keyPublic: needs.key?.publicKey ?? null,
            userData: userData ? new Uint8Array(userData) : null,
            reservationId,
            launchIndex,
          })),
        },
      ])
      await addPorts(tx, projectId, records, needs.networkIds, input.securityGroupIds)
      const volumes = await addVolumes(ctx, tx, records, input, needs)
      const created = records.map((record) => {
        const operationId = tx.operation({
          kind: 'instance-create',
          projectId,
          resourceType: 'instance',
          resourceId: record.id,
          resourceName: record.name,
          input: { flavorId: needs.flavor.id, imageId: record.imageId, reservationId },
        })
        tx.audit({
          verb: 'compute.instances.create',
          resourceType: 'instance',
          resourceId: record.id,
          resourceName: record.name,
          detail: {
            flavorName: needs.flavor.name,
            imageId: record.imageId,
            networkIds: needs.networkIds,
            byAdmin: isAdmin(ctx.actor),
          },
        })
        tx.job('instance.schedule', { operationId, instanceId: record.id })
        instanceChanged(tx, 'created', record)
        return { id: record.id, name: record.name, operationId }
      })
      await takeQuota(tx.db, projectId, {
        instances: records.length,
        cores: records.length * needs.flavor.vcpus,
        ram: records.length * needs.flavor.ramMib,
        ports: records.length * needs.networkIds.length,
      })
      if (volumes.length > 0) await takeVolumeQuota(tx, projectId, volumes)
      return { reservationId, instances: created }
    }).catch(async (error) => {
      throw await neededGone(ctx, error, input)
    })
  },
})

function newRecord(
  name: string,
  projectId: string,
  userId: string,
  input: CreateInstanceInput,
  { flavor, boot, key, placement }: InstanceNeeds,
): InstanceRecord {
  const id = newId()
  const now = new Date()
  return {
    id,
    name,
    hostname: hostnameOf(name, id),
    description: input.description,
    projectId,
    userId,
    vmState: 'building',
    taskState: 'scheduling',
    powerState: 0,
    generation: 0,
    hostId: null,
    zone: null,
    requestedZone: placement.zone,
    flavorId: flavor.id,
    flavorName: flavor.name,
    vcpus: flavor.vcpus,
    ramMib: flavor.ramMib,
    diskGib: flavor.diskGib,
    ephemeralGib: flavor.ephemeralGib,
    swapMib: flavor.swapMib,
    imageId: boot.fromVolume ? null : (boot.image?.id ?? null),
    imageName: boot.name,
    keyName: key?.name ?? null,
    metadata: input.metadata,
    locked: false,
    lockedReason: null,
    lockedBy: null,
    faultCode: null,
    faultMessage: null,
    faultAt: null,
    createdAt: now,
    updatedAt: now,
    launchedAt: null,
    guestReadyAt: null,
    shelvedImageId: null,
    host: null,
    ports: [],
  }
}

/** Gives every record its ports, in the database and in the row that is announced. */
async function addPorts(
  tx: MutationTx,
  projectId: string,
  records: InstanceRecord[],
  networkIds: string[],
  securityGroupIds: string[] | undefined,
): Promise<void> {
  const ports = await allocateInstancePorts(tx, {
    projectId,
    ports: records.flatMap(({ id }) =>
      networkIds.map((networkId, deviceIndex) => ({ instanceId: id, networkId, deviceIndex })),
    ),
    instances: new Map(records.map((record) => [record.id, record])),
    securityGroupIds,
  })
  for (const record of records)
    record.ports = ports
      .filter((port) => port.instanceId === record.id)
      .map((port) => ({
        id: port.portId,
        networkId: port.networkId,
        macAddress: port.macAddress,
        deviceIndex: port.deviceIndex,
        network: { name: port.networkName },
        allocations: port.fixedIps.map(({ ipAddress }) => ({ ipAddress })),
        floatingIps: [],
      }))
}

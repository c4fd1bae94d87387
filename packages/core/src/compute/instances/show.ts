import { z } from 'zod'
import { defineVerb, isAdmin, type Json, notFound, reader } from '../../kernel/index.ts'
import { ipv4First } from '../../network/addresses/ip.ts'
import { imageMachineKeys } from '../machine/keys.ts'
import { type AttemptRow, attemptRow } from '../placement/attempt-row.ts'
import { visibleInstances } from './find.ts'
import { hasGuestAgent } from './guest-agent.ts'
import { type InstanceRow, instanceRow, instanceSelect } from './row.ts'
import type { RestartPolicy } from './update.ts'

/** One interface of an instance. */
export interface InstanceInterface {
  id: string
  name: string
  networkId: string
  networkName: string
  macAddress: string
  status: string
  deviceIndex: number | null
  fixedIps: { subnetId: string; ipAddress: string }[]
  portSecurity: boolean
  securityGroups: { id: string; name: string }[]
}

/** Everything there is to know about one instance. */
export interface InstanceDetail extends InstanceRow {
  description: string
  tags: string[]
  /** What happens when its guest crashes. */
  restartPolicy: RestartPolicy
  /** While it is rescued: the image that it is booted from. */
  rescueImageId: string | null
  /** Whether its guest has an agent that can be asked. */
  guestAgent: boolean
  /** Since when it is in the bin. */
  deletedAt: Date | null
  hostname: string
  metadata: Record<string, string>
  fault: { code: number; message: string; detail: Json; at: Date | null } | null
  userDataBytes: number
  /** Sizes of the ephemeral disk and the swap area; 0 where it has none. */
  ephemeralGib: number
  swapMib: number
  configDrive: boolean
  /** While it is shelved: the image that keeps its disk. */
  shelvedImageId: string | null
  /** Extra specs of the flavor, and what the image says of the machine, as they were at the last create or resize. */
  extraSpecs: Record<string, string>
  machineProperties: Record<string, string>
  keyPublic: string | null
  reservationId: string
  launchIndex: number
  ports: InstanceInterface[]
  /** The attempts to find a host, the last 20, the oldest first. Others than administrators see them without hosts. */
  scheduleAttempts: AttemptRow[]
}

/** One instance with its interfaces, its fault and how it was placed. @throws NephosError not_found */
export const showInstance = defineVerb({
  name: 'compute.instances.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<InstanceDetail> => {
    const db = reader(ctx)
    const admin = isAdmin(ctx.actor)
    const [record, attempts] = await Promise.all([
      db.instance.findFirst({
        where: { id, ...visibleInstances(ctx) },
        select: {
          ...instanceSelect,
          userData: true,
          configDrive: true,
          rescue: true,
          restartPolicy: true,
          imageProperties: true,
          extraSpecs: true,
          deletedAt: true,
          tags: { select: { tag: true }, orderBy: { tag: 'asc' } },
          keyPublic: true,
          faultDetail: true,
          reservationId: true,
          launchIndex: true,
          ports: {
            select: {
              ...instanceSelect.ports.select,
              name: true,
              status: true,
              portSecurity: true,
              allocations: { select: { subnetId: true, ipAddress: true } },
              securityGroups: {
                select: { group: { select: { id: true, name: true } } },
                orderBy: { groupId: 'asc' },
              },
            },
            orderBy: { deviceIndex: 'asc' },
          },
        },
      }),
      db.scheduleAttempt.findMany({
        where: { instanceId: id },
        orderBy: [{ createdAt: 'desc' }, { attempt: 'desc' }],
        take: 20,
      }),
    ])
    if (!record) throw notFound('instance', id)
    return {
      ...instanceRow(record, { admin }),
      description: record.description,
      tags: record.tags.map(({ tag }) => tag),
      restartPolicy: record.restartPolicy as RestartPolicy,
      rescueImageId: (record.rescue as { imageId?: string } | null)?.imageId ?? null,
      guestAgent: hasGuestAgent(record.imageProperties),
      deletedAt: record.deletedAt,
      hostname: record.hostname,
      metadata: record.metadata as Record<string, string>,
      fault: record.faultMessage
        ? {
            code: record.faultCode ?? 500,
            message: record.faultMessage,
            detail: admin ? ((record.faultDetail as Json) ?? null) : null,
            at: record.faultAt,
          }
        : null,
      userDataBytes: record.userData?.length ?? 0,
      ephemeralGib: record.ephemeralGib,
      swapMib: record.swapMib,
      configDrive: record.configDrive,
      shelvedImageId: record.shelvedImageId,
      extraSpecs: (record.extraSpecs ?? {}) as Record<string, string>,
      machineProperties: Object.fromEntries(
        Object.entries((record.imageProperties ?? {}) as Record<string, string>).filter(([key]) =>
          Object.hasOwn(imageMachineKeys, key),
        ),
      ),
      keyPublic: record.keyPublic,
      reservationId: record.reservationId,
      launchIndex: record.launchIndex,
      ports: record.ports.map(({ network, allocations, securityGroups, ...port }) => ({
        ...port,
        networkName: network.name,
        fixedIps: ipv4First(allocations, ({ ipAddress }) => ipAddress),
        securityGroups: securityGroups.map(({ group }) => group),
      })),
      scheduleAttempts: attempts.reverse().map((attempt) => attemptRow(attempt, { admin })),
    }
  },
})

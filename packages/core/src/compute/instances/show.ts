import { z } from 'zod'
import { defineVerb, isAdmin, type Json, notFound, reader } from '../../kernel/index.ts'
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
}

/** One attempt to place an instance, with the verdict of every host for every filter. */
export interface ScheduleAttemptRow {
  attempt: number
  chosenHost: string | null
  verdicts: Json
  createdAt: Date
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
  keyPublic: string | null
  reservationId: string
  launchIndex: number
  ports: InstanceInterface[]
  /** For administrators: others see their attempts without hosts. */
  scheduleAttempts: ScheduleAttemptRow[]
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
          rescue: true,
          restartPolicy: true,
          imageProperties: true,
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
              allocations: { select: { subnetId: true, ipAddress: true } },
            },
            orderBy: { deviceIndex: 'asc' },
          },
        },
      }),
      db.scheduleAttempt.findMany({ where: { instanceId: id }, orderBy: { attempt: 'asc' } }),
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
      keyPublic: record.keyPublic,
      reservationId: record.reservationId,
      launchIndex: record.launchIndex,
      ports: record.ports.map(({ network, allocations, ...port }) => ({
        ...port,
        networkName: network.name,
        fixedIps: allocations,
      })),
      scheduleAttempts: attempts.map((attempt) => ({
        attempt: attempt.attempt,
        chosenHost: admin ? attempt.chosenHost : null,
        verdicts: admin ? (attempt.verdicts as Json) : [],
        createdAt: attempt.createdAt,
      })),
    }
  },
})

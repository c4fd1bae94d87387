import { z } from 'zod'
import { type Ctx, conflict, mutate, NephosError, notFound } from '../../kernel/index.ts'
import { idField } from '../../network/networks/input.ts'
import { changePortGroups } from '../../network/security-groups/port-groups.ts'
import { visibleInstances } from './find.ts'

/** An instance and a security group of its project. */
export const instanceGroupInput = z.object({ id: z.uuid(), securityGroupId: idField })

/** What a change of an instance's groups answers. */
export interface InstanceGroupsChanged {
  id: string
  /** How many of its ports are in other groups now. */
  ports: number
}

/** Puts all secured ports of an instance into a group, or takes all of its ports out of it. */
export const changeInstanceGroups = (
  { ctx, input: { id, securityGroupId } }: { ctx: Ctx; input: z.output<typeof instanceGroupInput> },
  how: 'add' | 'remove',
): Promise<InstanceGroupsChanged> =>
  mutate(ctx, async (tx) => {
    const instance = await tx.db.instance.findFirst({
      where: { id, ...visibleInstances(ctx) },
      select: { id: true, name: true, projectId: true, ports: { select: { portSecurity: true } } },
    })
    if (!instance) throw notFound('instance', id)
    const { projectId } = instance
    const group = await tx.db.securityGroup.findFirst({ where: { id: securityGroupId, projectId } })
    if (!group) throw notFound('security group', securityGroupId)
    if (how === 'add' && !instance.ports.some(({ portSecurity }) => portSecurity))
      throw conflict(`The instance ${instance.name} has no port with port security.`, {
        remedy: 'Give it an interface, or switch port security on.',
      })
    const ports = await changePortGroups(
      tx,
      how === 'add'
        ? { instanceId: id, portSecurity: true }
        : { instanceId: id, securityGroups: { some: { groupId: group.id } } },
      how === 'add' ? { add: group.id } : { remove: group.id },
    )
    if (how === 'remove' && ports === 0)
      throw new NephosError(
        'not_found',
        `The instance ${instance.name} is not in the security group ${group.name}.`,
      )
    tx.audit({
      verb: `compute.instances.${how}SecurityGroup`,
      resourceType: 'instance',
      resourceId: id,
      resourceName: instance.name,
      projectId,
      detail: { securityGroupId: group.id, name: group.name, ports },
    })
    return { id, ports }
  })

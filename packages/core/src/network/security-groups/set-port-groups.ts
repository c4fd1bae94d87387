import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { type PortRow, portParts, portRow, visiblePorts } from '../ports/row.ts'
import { chooseGroups, securityGroupIdsField } from './choose-groups.ts'
import { changePortGroups } from './port-groups.ts'

/**
 * Says which security groups a port is in, in place of those it was in. In none of them nothing reaches it but
 * addresses and metadata; connections that are not allowed any more are cut.
 * @throws NephosError not_found, invalid_input naming the group, conflict without port security
 */
export const setPortSecurityGroups = defineVerb({
  name: 'network.ports.setSecurityGroups',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField, securityGroupIds: securityGroupIdsField }),
  run: ({ ctx, input: { id, securityGroupIds } }): Promise<PortRow> =>
    mutate(ctx, async (tx) => {
      const port = await tx.db.port.findFirst({ where: { AND: [{ id }, visiblePorts(ctx)] } })
      if (!port) throw notFound('port', id)
      if (port.deviceOwner.startsWith('network:'))
        throw conflict('Security groups are for ports of instances; this one is of the network itself.')
      const groups = await chooseGroups(tx.db, port.projectId, securityGroupIds)
      await changePortGroups(tx, { id }, { set: groups.map((group) => group.id) })
      tx.audit({
        verb: 'network.ports.setSecurityGroups',
        resourceType: 'port',
        resourceId: id,
        resourceName: port.name || port.macAddress,
        projectId: port.projectId,
        detail: { securityGroupIds },
      })
      return portRow(await tx.db.port.findUniqueOrThrow({ where: { id }, include: portParts }), ctx)
    }),
})

import { z } from 'zod'
import { idField } from '../networks/input.ts'

/** A router with the subnet or the port of one of its interfaces: exactly one of the two. */
export const interfaceInput = z
  .object({ id: idField, subnetId: idField.optional(), portId: idField.optional() })
  .refine(({ subnetId, portId }) => (subnetId === undefined) !== (portId === undefined), {
    path: ['subnetId'],
    message: 'Name either a subnet or a port.',
  })

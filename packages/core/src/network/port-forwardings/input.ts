import { z } from 'zod'
import { description } from '../../compute/names.ts'
import { idField } from '../networks/input.ts'

const portNumber = z
  .int('A port is a whole number.')
  .min(1, 'A port is 1 to 65535.')
  .max(65_535, 'A port is 1 to 65535.')

/** What is forwarded where. */
export const forwardingFields = {
  protocol: z.enum(['tcp', 'udp'], 'A port of TCP or of UDP is forwarded.'),
  /** Port of the floating IP. */
  externalPort: portNumber,
  /** The port, as in networks, that it leads to. */
  internalPortId: idField,
  /** Address of that port; may be left out when it has only one. */
  internalAddress: z.string().trim().min(1).max(64).optional(),
  /** Port of TCP or UDP there. */
  internalPort: portNumber,
  description,
}

/**
 * Name of a port's tap on its host: `tap` and the last eleven hex digits of the port's id, which are random also in
 * ids that begin with a time. Kernel names have at most 15 characters.
 */
export const tapName = (portId: string): string => `tap${portId.replaceAll('-', '').slice(-11)}`

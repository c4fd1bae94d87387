import { insertMissing, type Tx } from '@nephos/db'
import { conflict, invalid } from '../../kernel/index.ts'
import { normaliseMac } from '../addresses/mac.ts'
import { insertPorts, type NewPort } from './insert-ports.ts'

/**
 * Inserts one port, with the MAC that was asked for or a random one.
 * @returns its MAC
 * @throws NephosError invalid_input for something that is no MAC, conflict when the network has it already
 */
export async function insertPort(db: Tx, port: NewPort, asked?: string): Promise<string> {
  if (asked === undefined) {
    const [inserted] = await insertPorts(db, [port])
    return inserted!.macAddress
  }
  const macAddress = normaliseMac(asked)
  if (!macAddress)
    throw invalid(
      'macAddress',
      `"${asked}" is not the MAC address of an interface.`,
      'Write six hexadecimal bytes, for example fa:16:3e:12:34:56; group addresses are not allowed.',
    )
  if ((await insertMissing(db, { table: 'Port', rows: [{ ...port, macAddress }] })) === 0)
    throw conflict(`The MAC address ${macAddress} is already in use on this network.`, {
      field: 'macAddress',
      remedy: 'Choose another one, or leave it out.',
    })
  return macAddress
}

import { createServer, type Server } from 'node:net'
import type { NephosConfig } from '@nephos/config'
import { Failure } from '../failure.ts'
import { isBeyondLoopback } from './beyond.ts'

/** A port that is wanted: 0 takes any free one. */
export interface PortWish {
  /** Name of the setting, for the message when it cannot be had. */
  setting?: string
  port: number
  address: string
}

/** The ports that people know. */
export const portWishes = ({ webPort, apiPort, bind }: NephosConfig): PortWish[] => [
  { setting: 'NEPHOS_WEB_PORT', port: webPort, address: bind },
  { setting: 'NEPHOS_API_PORT', port: apiPort, address: bind },
]

/** The ports of the embedded servers, PostgreSQL first. Others must find them again, so those that they see stay. */
export function serverWishes(config: NephosConfig): [PortWish, PortWish] {
  const { serversBind: address, databasePort, natsPort } = config
  const beyond = isBeyondLoopback(config)
  return [
    { setting: 'NEPHOS_DATABASE_PORT', port: databasePort || (beyond ? 5432 : 0), address },
    { setting: 'NEPHOS_NATS_PORT', port: natsPort || (beyond ? 4222 : 0), address },
  ]
}

/**
 * Finds out which ports to use, all of them different.
 * @throws Failure naming the setting whose port or address cannot be had
 */
export async function choosePorts(wishes: PortWish[]): Promise<number[]> {
  const held: Server[] = []
  try {
    const ports: number[] = []
    for (const wish of wishes) {
      const server = await hold(wish)
      held.push(server)
      const address = server.address()
      ports.push(typeof address === 'object' && address ? address.port : wish.port)
    }
    return ports
  } finally {
    await Promise.all(held.map((server) => new Promise((done) => server.close(done))))
  }
}

function hold({ setting = 'The port', port, address }: PortWish): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(setting, port, address, error)))
    server.listen({ port, host: address, exclusive: true }, () => resolve(server))
  })
}

function refusal(setting: string, port: number, address: string, error: NodeJS.ErrnoException): Failure {
  if (error.code === 'EADDRINUSE')
    return new Failure(`Port ${port} (${setting}) is in use by another program.`, {
      remedy: `Stop that program, or set ${setting} to a free port, or to 0 to have one picked.`,
    })
  if (error.code === 'EACCES')
    return new Failure(`Port ${port} (${setting}) may only be used by root.`, {
      remedy: `Set ${setting} to a port from 1024 on.`,
    })
  if (error.code === 'EADDRNOTAVAIL')
    return new Failure(`This machine does not have the address ${address} (NEPHOS_BIND).`, {
      remedy: 'Set NEPHOS_BIND to one of its addresses, for example 127.0.0.1.',
    })
  return new Failure(`Port ${port} (${setting}) cannot be used: ${error.message}`)
}

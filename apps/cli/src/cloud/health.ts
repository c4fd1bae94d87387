import { request } from 'node:http'
import { connect } from 'node:net'

/** True when GET answers 200 within two seconds. */
export function answers(
  target: { socketPath: string } | { host: string; port: number },
  path: string,
): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ ...target, path, timeout: 2_000, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    call.once('timeout', () => call.destroy())
    call.once('error', () => resolve(false))
    call.end()
  })
}

/** True when the server on this port greets with these characters. */
export function greets(host: string, port: number, greeting: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 })
    const end = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('data', (data) => end(data.toString().startsWith(greeting)))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

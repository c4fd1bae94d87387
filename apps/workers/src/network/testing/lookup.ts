import type { FakeGuest } from './fake-guest.ts'

const script = `
const [kind, name, server] = process.argv.slice(1)
const { Resolver } = require('node:dns').promises
const resolver = new Resolver({ timeout: 2000, tries: 2 })
resolver.setServers([server])
resolver[kind](name)
  .then((found) => console.log(found.sort().join(' ')))
  .catch((error) => console.log(error.code))
`

/** What a name server tells a guest of a name, or the code of its refusal: ENOTFOUND, EREFUSED. */
export const lookUp = async (guest: FakeGuest, name: string, server: string): Promise<string> =>
  (await guest.exec(process.execPath, '-e', script, 'resolve4', name, server)).trim()

/** The name that a name server tells a guest of an address. */
export const lookUpAddress = async (guest: FakeGuest, address: string, server: string): Promise<string> =>
  (await guest.exec(process.execPath, '-e', script, 'reverse', address, server)).trim()

/** A name server at its first argument that says of every name that it is at its second. */
export const nameServerScript = `
const [own, told] = process.argv.slice(1)
const address = told.split('.').map(Number)
const socket = require('node:dgram').createSocket('udp4')
socket.on('message', (question, from) => {
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(1, 6)
  head.writeUInt32BE(0, 8)
  let end = 12
  while (question[end] !== 0) end += question[end] + 1
  const asked = question.subarray(12, end + 5)
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address])
  socket.send(Buffer.concat([head, asked, answer]), from.port, from.address)
}).bind(53, own, () => console.log('ready'))
setTimeout(() => process.exit(0), 60_000)
`

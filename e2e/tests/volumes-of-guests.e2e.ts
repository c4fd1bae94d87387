import { type Api, signIn, type TestCloud, until } from '@nephos/testbed'
import { removeInstances, settled, tinyImage } from '../support/cloud.ts'
import { type GuestDisks, guestDisks } from '../support/guest-disks.ts'
import { type GuestShell, guestShell } from '../support/guest-shell.ts'
import { machinesOf, volumeServersOf } from '../support/host.ts'
import { theLab } from '../support/lab.ts'
import { expect, test } from '../support/test.ts'

/** Two real guests on two hosts write and read volumes of every kind of back end: the bytes are always the same. */
let lab: TestCloud
let api: Api
let shell: GuestShell
interface Guest {
  id: string
  disks: GuestDisks
}
const guests: Guest[] = []
const volumes: string[] = []
let networkId: string
const undo: (() => Promise<unknown>)[] = []

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async () => {
  test.setTimeout(300_000)
  lab = await theLab()
  test.skip(lab.info().simulated, 'simulated guests have no disks')
  test.skip(lab.info().drivers?.network.driver !== 'linux', 'this machine only simulates networks')
  ;({ api } = await signIn(lab.apiUrl, { name: 'admin', password: lab.adminPassword, project: 'demo' }))
  const outside = (await api.network.networks.list.query({ external: true })).items[0]!
  const keys = await api.compute.keyPairs.create.mutate({ name: 'disks' })
  undo.push(() => api.compute.keyPairs.delete.mutate({ id: keys.id }))
  shell = guestShell(keys.privateKey)
  const apart = await api.compute.serverGroups.create.mutate({ name: 'disks', policy: 'soft-anti-affinity' })
  undo.push(() => api.compute.serverGroups.delete.mutate({ id: apart.id }))
  const network = await api.network.networks.create.mutate({
    name: 'disks',
    portSecurity: false,
    subnet: { cidr: '10.74.0.0/24' },
  })
  undo.push(() => api.network.networks.delete.mutate({ id: network.id }))
  networkId = network.id
  const subnetId = network.subnets[0]!.id
  const router = await api.network.routers.create.mutate({
    name: 'disks',
    gateway: { networkId: outside.id },
    subnetIds: [subnetId],
  })
  undo.push(
    () => api.network.routers.delete.mutate({ id: router.id }),
    () => api.network.routers.removeInterface.mutate({ id: router.id, subnetId }),
  )
  const { instances } = await api.compute.instances.create.mutate({
    name: 'disks',
    count: 2,
    flavorId: '42',
    imageId: await tinyImage(api),
    keyName: 'disks',
    networkIds: [network.id],
    serverGroupId: apart.id,
  })
  for (const { id } of instances) {
    const [port] = (await api.network.ports.list.query({ instanceId: id })).items
    const floating = await api.network.floatingIps.create.mutate({ networkId: outside.id, portId: port!.id })
    undo.push(() => api.network.floatingIps.delete.mutate({ id: floating.id }))
    guests.push({ id, disks: guestDisks(shell, floating.address) })
    await until(
      'the guest answers',
      () =>
        shell(floating.address, 'true').then(
          () => true,
          () => false,
        ),
      {
        timeoutMs: 120_000,
      },
    )
  }
  await settled(
    api,
    guests.map(({ id }) => id),
    ['ACTIVE'],
  )
})

test.afterAll(async () => {
  if (!api) return
  await removeInstances(
    api,
    guests.map(({ id }) => id),
  )
  for (const id of volumes) await api.volume.volumes.delete.mutate({ id, cascade: true })
  await until(
    'the volumes are gone',
    async () => (await api.volume.volumes.list.query({})).items.every(({ id }) => !volumes.includes(id)),
    { timeoutMs: 60_000 },
  )
  for (const step of undo.reverse()) await step()
  shell?.end()
})

const ready = (id: string, wanted = 'available') =>
  until(
    `the volume is ${wanted}`,
    async () => {
      const volume = await api.volume.volumes.show.query({ id })
      if (volume.status.startsWith('error')) throw new Error(`it is ${volume.status}: ${volume.failure}`)
      return volume.status === wanted && volume
    },
    { timeoutMs: 60_000 },
  )
async function make(input: Parameters<Api['volume']['volumes']['create']['mutate']>[0]) {
  const { volume } = await api.volume.volumes.create.mutate(input)
  volumes.push(volume.id)
  return ready(volume.id)
}
async function attach(guest: Guest, volumeId: string) {
  await api.compute.instances.attachVolume.mutate({ id: guest.id, volumeId })
  await ready(volumeId, 'in_use')
  await guest.disks.device(volumeId)
}
async function detach(guest: Guest, volumeId: string) {
  await api.compute.instances.detachVolume.mutate({ id: guest.id, volumeId })
  await ready(volumeId)
  await guest.disks.gone(volumeId)
}
const hostOf = async ({ id }: Guest) => (await api.compute.instances.show.query({ id })).hostName!

const first = { at: 100, mib: 8 }
const beyond = { at: 1500, mib: 4 }

for (const kind of ['local', 'iscsi', 'nbd'])
  test(`${kind}: what is written is in the snapshot, in the clone, and wherever it goes`, async () => {
    const across = kind !== 'local'
    const volume = await make({ name: kind, sizeGib: 1, typeId: kind })
    const [keeper, backend] = volume.backendName!.split('@')
    expect(backend).toBe(kind)
    const atHome = (await hostOf(guests[0]!)) === keeper
    const [writer, other] = across || atHome ? [guests[0]!, guests[1]!] : [guests[1]!, guests[0]!]
    if (!across)
      await expect(
        api.compute.instances.attachVolume.mutate({ id: other.id, volumeId: volume.id }),
      ).rejects.toThrow(/cannot reach/)

    await attach(writer, volume.id)
    const written = await writer.disks.write(volume.id, first)
    const { snapshot } = await api.volume.snapshots.create.mutate({ volumeId: volume.id, name: kind })
    await until(
      'the snapshot is there',
      async () => (await api.volume.snapshots.show.query({ id: snapshot.id })).status === 'available',
      { timeoutMs: 60_000 },
    )
    const after = await writer.disks.write(volume.id, first)
    expect(after).not.toBe(written)

    const reader = across ? other : writer
    const clone = await make({ name: `${kind}-clone`, snapshotId: snapshot.id })
    await attach(reader, clone.id)
    expect(await reader.disks.sum(clone.id, first)).toBe(written)
    await detach(reader, clone.id)

    await api.volume.volumes.extend.mutate({ id: volume.id, sizeGib: 2 })
    await ready(volume.id, 'in_use')
    await until('the guest sees it grown', async () => (await writer.disks.sizeMib(volume.id)) === 2048)
    const grown = await writer.disks.write(volume.id, beyond)

    if (across) {
      const from = await hostOf(writer)
      await api.compute.instances.liveMigrate.mutate({ id: writer.id })
      await settled(api, [writer.id], ['ACTIVE'])
      expect(await hostOf(writer)).not.toBe(from)
      expect(await writer.disks.sum(volume.id, beyond)).toBe(grown)
      await writer.disks.write(volume.id, { at: 10, mib: 1 })
    }
    await detach(writer, volume.id)
    await attach(reader, volume.id)
    expect(await reader.disks.sum(volume.id, first)).toBe(after)
    expect(await reader.disks.sum(volume.id, beyond)).toBe(grown)
    await detach(reader, volume.id)
  })

test('an instance boots from a volume, and the next one from the same', async () => {
  const volume = await make({ name: 'root', sizeGib: 1, imageId: await tinyImage(api) })
  expect(volume).toMatchObject({ bootable: true })
  const boot = async () => {
    const { instances } = await api.compute.instances.create.mutate({
      name: 'booted',
      flavorId: '42',
      networkIds: [networkId],
      volumes: [{ volumeId: volume.id, bootIndex: 0 }],
    })
    const { id } = instances[0]!
    guests.push({ id, disks: guests[0]!.disks })
    await settled(api, [id], ['ACTIVE'])
    return id
  }
  const says = (id: string, what: RegExp) =>
    until(
      `the console says ${what}`,
      async () => what.test((await api.compute.instances.console.query({ id })).text),
      { timeoutMs: 120_000 },
    )
  const first = await boot()
  await says(first, /READY booted/)
  await removeInstances(api, [first])
  guests.pop()
  await ready(volume.id)
  await says(await boot(), /READY booted/)
})

/** More of them, for a longer look: `NEPHOS_E2E_CRASHES=200`. */
const crashes = Number(process.env.NEPHOS_E2E_CRASHES ?? 8)

test(`whatever is killed in the middle of ${crashes} operations, no volume is lost, attached twice or stuck`, async () => {
  test.setTimeout(120_000 + crashes * 60_000)
  const [guest] = guests
  const kept = new Map<string, string>()
  for (const typeId of ['iscsi', 'nbd', 'iscsi']) {
    const { id } = await make({ name: 'crash', sizeGib: 1, typeId })
    await attach(guest!, id)
    kept.set(id, await guest!.disks.write(id, first))
  }
  const chance = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!
  /** Those that run just now: what was killed often is started again after a while. */
  const victims = () => {
    const running = lab.info().processes.filter(({ name }) => /^(volume|compute)-/.test(name))
    return [...running.flatMap(({ name, pid }) => (pid ? [{ name, pid }] : [])), ...volumeServersOf(lab)]
  }
  for (let round = 1; round <= crashes; round++) {
    const id = chance([...kept.keys()])
    const { status } = await api.volume.volumes.show.query({ id })
    const [old] = (await api.volume.snapshots.list.query({ volumeId: id })).items
    const operation =
      Math.random() < 0.3
        ? old
          ? api.volume.snapshots.delete.mutate({ id: old.id })
          : api.volume.snapshots.create.mutate({ volumeId: id, name: `crash-${round}` })
        : status === 'in_use'
          ? api.compute.instances.detachVolume.mutate({ id: guest!.id, volumeId: id })
          : api.compute.instances.attachVolume.mutate({ id: guest!.id, volumeId: id })
    await operation
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_500))
    const victim = chance(victims())
    process.kill(victim.pid, 'SIGKILL')
    await test.step(`${round}: ${victim.name} while the volume was ${status}`, async () => {
      const rest = await until(
        'everything is at rest',
        async () => {
          const { items } = await api.volume.snapshots.list.query({})
          const volume = await api.volume.volumes.show.query({ id })
          const done = items.every(({ status }) => ['available', 'error'].includes(status))
          return done && ['available', 'in_use'].includes(volume.status) && volume
        },
        { timeoutMs: 90_000 },
      )
      expect(rest.attachments).toHaveLength(rest.status === 'in_use' ? 1 : 0)
      if (rest.status === 'in_use') await guest!.disks.device(id)
      else await guest!.disks.gone(id)
    })
  }
  expect(machinesOf(guest!.id)).toHaveLength(1)
  for (const [id, sum] of kept) {
    if ((await api.volume.volumes.show.query({ id })).status === 'available') await attach(guest!, id)
    expect(await guest!.disks.sum(id, first)).toBe(sum)
    await detach(guest!, id)
  }
  const { items } = await api.volume.snapshots.list.query({})
  expect(items.filter(({ status }) => status !== 'available')).toEqual([])
})

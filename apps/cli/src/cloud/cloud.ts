import { chmodSync, mkdirSync } from 'node:fs'
import { cloudId, hostNames, type NephosConfig, statePaths } from '@nephos/config'
import { version } from '../../package.json' with { type: 'json' }
import { Failure } from '../failure.ts'
import { type Doors, forgetHost, inviteHost } from '../host/invite.ts'
import { isMember } from '../host/membership.ts'
import { findGuestImage } from '../prepare/guest.ts'
import { type CloudFile, writeCloudFile } from '../supervisor/cloud-file.ts'
import { identify } from '../supervisor/identity.ts'
import { ProcessGroup } from '../supervisor/process-group.ts'
import type { Steps } from '../terminal/steps.ts'
import { localAddress } from './beyond.ts'
import { hostDatabaseUrl, natsUrl, type ServerUser } from './credentials.ts'
import { freeRange, machineRanges } from './external-range.ts'
import { hostCount, unattended } from './hosts.ts'
import { endLeftovers } from './leftovers.ts'
import { natsProcess, writeNatsConfig } from './nats.ts'
import { choosePorts, portWishes, serverWishes } from './ports.ts'
import { databaseUrl, postgresProcess } from './postgres.ts'
import { type Drivers, probeDrivers } from './probe.ts'
import { hostProcesses, nephosProcesses, tiers, urlOf } from './processes.ts'
import { adminPassword, writeConnections } from './secrets.ts'
import { isSetUp, markSetUp, setUpDatabase } from './setup.ts'
import { type Teardown, tearDown } from './teardown.ts'

/** A host of a cloud elsewhere listens on no port. */
const noWishes = [
  { port: 0, address: '127.0.0.1' },
  { port: 0, address: '127.0.0.1' },
]

/** Makes the directories. Others may walk through them (QEMU and PostgreSQL are other users) but not look around. */
export function makeHome(config: NephosConfig): void {
  const { run, log, hosts } = statePaths(config)
  for (const [directory, mode] of [
    [config.home, 0o711],
    [run, 0o711],
    [hosts, 0o711],
    [log, 0o700],
  ] as const) {
    mkdirSync(directory, { recursive: true })
    chmodSync(directory, mode)
  }
}

/** One running cloud: its servers and processes, from start to stop. */
export class Cloud {
  readonly config: NephosConfig
  readonly group = new ProcessGroup()
  /** The configuration with real ports, drivers and addresses; there once the servers run. */
  #resolved: NephosConfig
  #file: CloudFile | null = null
  /** Each host has a database login of its own. */
  #hostRoles = true

  constructor(given: NephosConfig) {
    const config = Object.freeze({ ...given, hosts: hostCount(given) })
    this.config = config
    this.#resolved = config
    this.group.on('change', () => this.#record())
  }

  /** What is recorded in `<home>/run/cloud.json`; null before the ports are chosen. */
  get file(): CloudFile | null {
    return this.#file
  }

  /** Starts everything, in order, and waits until each part is healthy. @throws Failure saying what is wrong */
  async start(steps: Steps): Promise<void> {
    const { config } = this
    makeHome(config)
    const left = unattended(config)
    if (left.length > 0)
      steps.note(
        `  Not started: ${left.join(', ')}. What runs there goes on unattended; \`./nephos up --hosts ${config.hosts! + left.length}\` brings it back.`,
      )
    const ended = await endLeftovers(config)
    if (ended.length > 0)
      steps.note(`  Ended what a killed supervisor had left running: ${ended.join(', ')}.`)
    const [webPort, apiPort, databasePort, natsPort] = (await choosePorts([
      ...(isMember(config) ? noWishes : portWishes(config)),
      ...serverWishes(config),
    ])) as [number, number, number, number]

    this.#resolved = Object.freeze({ ...config, webPort, apiPort })
    this.#file = this.#describe()

    let drivers: Drivers | undefined
    await together([
      async () => {
        drivers = await steps.run('Drivers', () => probeDrivers(config), describeDrivers)
      },
      async () => {
        if (!config.databaseUrl)
          await steps.run('PostgreSQL', async () =>
            this.group.start(await postgresProcess(config, databasePort)),
          )
      },
      async () => {
        if (!config.natsUrl) await steps.run('NATS', () => this.group.start(natsProcess(config, natsPort)))
      },
    ])
    const resolved: NephosConfig = Object.freeze({
      ...this.#resolved,
      databaseUrl: config.databaseUrl ?? databaseUrl(config, databasePort),
      natsUrl: config.natsUrl ?? natsUrl(config, natsPort, 'nephos', localAddress(config)),
      computeDriver: drivers!.compute.driver,
      networkDriver: drivers!.network.driver,
      accelerator: drivers!.compute.accelerator ?? 'auto',
    })
    this.#resolved = resolved
    this.#file = { ...this.#file, drivers: drivers!, simulated: drivers!.compute.driver === 'simulated' }
    this.#record()
    writeConnections(config, { databaseUrl: resolved.databaseUrl!, natsUrl: resolved.natsUrl! })

    await this.#setUp(resolved, steps)
    await together(
      (isMember(config)
        ? hostProcesses(resolved)
        : nephosProcesses(resolved, (user) => this.#connect(user, natsPort))
      ).map((spec) => () => steps.run(labels(spec.name), () => this.group.start(spec))),
    )
    this.#record('running')
  }

  /**
   * Stops everything this cloud started, in reverse order; instances go on. With `machines`, they are ended too and
   * their networks removed.
   */
  async stop(steps: Steps, { machines = false, atOnce = false } = {}): Promise<void> {
    this.#record('stopping')
    const count = this.group.processes.filter(({ state }) => state !== 'stopped').length
    // The servers go last: what ends instances must find no worker that would start them again.
    await steps.run(
      'Processes',
      () => this.group.stop({ from: machines ? tiers.workers : tiers.servers, atOnce }),
      () => `${count} stopped`,
    )
    try {
      if (machines)
        await steps.run(
          'Instances and networks',
          () => tearDown(this.#resolved, { destroy: false }),
          describeTeardown,
        )
    } finally {
      await this.group.stop({ atOnce })
    }
    this.#record('stopped')
  }

  /** Invites a host on another machine. @throws Failure when none could join */
  invite(name: string | undefined, minutes: number): ReturnType<typeof inviteHost> {
    return inviteHost(this.config, this.#doors(), name, minutes)
  }

  /** Takes the credentials of a host on another machine away. @throws Failure when there is none of that name */
  forget(name: string): Promise<void> {
    return forgetHost(this.config, this.#doors(), name)
  }

  #doors(): Doors {
    const { config } = this
    const resolved = this.#resolved
    if (this.#file?.state !== 'running')
      throw new Failure('The cloud is not up yet.', { remedy: 'Try again in a moment.' })
    return {
      resolved,
      embedded: this.#file.embedded,
      renew: async () => {
        if (!config.natsUrl) {
          writeNatsConfig(config, Number(new URL(resolved.natsUrl!).port))
          process.kill(this.group.find('nats')!.identity!.pid, 'SIGHUP')
        }
        const { hostRoles } = await setUpDatabase(resolved, {
          adminPassword: adminPassword(config).value,
          guestImage: findGuestImage(config),
          externalCidr: null,
        })
        if (!config.databaseUrl) markSetUp(resolved)
        return hostRoles.made
      },
    }
  }

  /** How one process reaches the servers: as a user of its own, as far as they are ours or let us make one. */
  #connect(user: ServerUser, natsPort: number): Partial<Pick<NephosConfig, 'natsUrl' | 'databaseUrl'>> {
    const { config } = this
    return {
      ...(!config.natsUrl && { natsUrl: natsUrl(config, natsPort, user, localAddress(config)) }),
      ...(typeof user !== 'string' &&
        this.#hostRoles && { databaseUrl: hostDatabaseUrl(config, this.#resolved.databaseUrl!, user.host) }),
    }
  }

  /** Migrates and seeds; nothing new can come to an embedded database that this very build has set up. */
  async #setUp(resolved: NephosConfig, steps: Steps): Promise<void> {
    const embedded = !this.config.databaseUrl
    if (isMember(resolved) || (embedded && isSetUp(resolved))) return
    const { hostRoles } = await steps.run(
      'Database',
      async () =>
        setUpDatabase(resolved, {
          adminPassword: adminPassword(this.config).value,
          guestImage: findGuestImage(this.config),
          externalCidr: resolved.networkDriver === 'linux' ? freeRange(await machineRanges()) : null,
        }),
      ({ migrations }) => (migrations > 0 ? `${migrations} migration${migrations > 1 ? 's' : ''}` : ''),
    )
    this.#hostRoles = hostRoles.made
    if (!hostRoles.made)
      steps.note(
        `  The database does not let Nephos make a login for each host (${hostRoles.reason}): workers use the one of DATABASE_URL, which may read everything. Give its user CREATEROLE to separate them.`,
      )
    if (embedded) markSetUp(resolved)
  }

  #describe(): CloudFile {
    const config = this.#resolved
    return {
      version,
      cloudId: cloudId(config),
      state: 'starting',
      startedAt: new Date().toISOString(),
      home: config.home,
      hostName: config.hostName,
      memberOf: isMember(config) ? config.controlUrl! : null,
      hosts: hostNames(config, config.hosts ?? 1),
      adminUser: 'admin',
      adminPasswordFile: statePaths(config).adminPasswordFile,
      webUrl: config.publicUrl ?? urlOf(config, config.webPort),
      apiUrl: config.controlUrl ?? urlOf(config, config.apiPort),
      webPort: config.webPort,
      apiPort: config.apiPort,
      simulated: false,
      drivers: null,
      embedded: { postgres: !this.config.databaseUrl, nats: !this.config.natsUrl },
      supervisor: identify(process.pid)!,
      processes: [],
    }
  }

  #record(state?: CloudFile['state']): void {
    if (!this.#file) return
    this.#file = {
      ...this.#file,
      state: state ?? this.#file.state,
      processes: this.group.processes.flatMap(({ identity, spec }) =>
        identity
          ? [{ ...identity, name: spec.name, tier: spec.tier, stopSignal: spec.stopSignal ?? 'SIGTERM' }]
          : [],
      ),
    }
    writeCloudFile(this.config, this.#file)
  }
}

/** Runs all of them side by side and, when some fail, throws the first failure once none is at work any more. */
async function together(works: (() => Promise<unknown>)[]): Promise<void> {
  const results = await Promise.allSettled(works.map((work) => work()))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

function labels(name: string): string {
  if (name === 'control') return 'Scheduler and images'
  if (name === 'api') return 'API'
  if (name === 'web') return 'Dashboard'
  const [role, ...host] = name.split('-')
  const names: Record<string, string> = { compute: 'Compute', volume: 'Volume' }
  return `${names[role ?? ''] ?? 'Network'} worker ${host.join('-')}`
}

const describeDrivers = ({ compute, network }: Drivers): string =>
  `${compute.driver === 'qemu' ? `QEMU (${compute.accelerator?.toUpperCase()})` : 'simulated compute'}, ${
    network.driver === 'linux' ? 'Linux bridges' : 'simulated network'
  }`

/** `2 instances ended, 1 network removed` */
export const describeTeardown = ({ machines, networks }: Teardown): string =>
  `${machines} instance${machines === 1 ? '' : 's'} ended, ${networks} network${networks === 1 ? '' : 's'} removed`

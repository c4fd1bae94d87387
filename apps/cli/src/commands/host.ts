import { existsSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { statePaths } from '@nephos/config'
import { readToken, sealedMembership, unseal } from '@nephos/core/joins'
import { describeTeardown } from '../cloud/cloud.ts'
import { tearDown } from '../cloud/teardown.ts'
import { Failure, messageOf } from '../failure.ts'
import { isMember, membershipFile, writeMembership } from '../host/membership.ts'
import { loadOwnConfig } from '../installation.ts'
import { askSteps, isSupervised } from '../supervisor/control.ts'
import { printSteps } from '../terminal/print-steps.ts'
import { Steps } from '../terminal/steps.ts'
import { down } from './down.ts'
import { up } from './up.ts'

const longestMinutes = 7 * 24 * 60

/** `./nephos host token`: invites a host on another machine. Prints the token, and what to do with it. */
export async function token({ name, minutes = '60' }: { name?: string; minutes?: string }): Promise<void> {
  const count = Number(minutes)
  if (!Number.isInteger(count) || count < 1 || count > longestMinutes)
    throw new Failure(`--minutes takes a whole number from 1 to ${longestMinutes}, not ${minutes}.`)
  const query = new URLSearchParams({ minutes: String(count), ...(name !== undefined && { name }) })
  const answer = await askCloud(`/invite?${query}`)
  const invited = JSON.parse(answer ?? '{}') as { name: string; token: string; expiresAt: string }
  // The token alone goes to standard output, for scripts.
  process.stderr.write(
    `  ${invited.name} may join once, until ${new Date(invited.expiresAt).toLocaleString()}. On the other machine:\n\n  ./nephos host join <token>\n\n`,
  )
  process.stdout.write(`${invited.token}\n`)
}

/** `./nephos host forget`: takes the credentials of a host away that left or is lost. */
export async function forget(name: string): Promise<void> {
  await askCloud(`/forget?${new URLSearchParams({ name })}`)
  process.stdout.write(`  ${name} is cut off. Remove it in the dashboard once nothing is on it.\n`)
}

async function askCloud(path: string): Promise<string | undefined> {
  const config = loadOwnConfig()
  if (!(await isSupervised(config)))
    throw new Failure('Nephos is not running.', { remedy: 'Start it: `./nephos up`.' })
  return askSteps(config, 'POST', path, () => {})
}

/** `./nephos host join`: makes this machine a host of a cloud elsewhere, and starts it. */
export async function join(text: string, { underlayIp }: { underlayIp?: string }): Promise<void> {
  const config = loadOwnConfig()
  if (isMember(config))
    throw new Failure(`This machine is ${config.hostName} of the cloud at ${config.controlUrl} already.`, {
      remedy: 'Leave that one first: `./nephos host leave`.',
    })
  if (existsSync(statePaths(config).postgres) || (await isSupervised(config)))
    throw new Failure(`There is a cloud of its own in ${config.home}.`, {
      remedy: 'Set NEPHOS_HOME to another directory, or delete that cloud: `./nephos reset`.',
    })
  const { url, id, secret } = tokenOf(text)
  // Before the token is used up.
  const own = underlayIp ?? (await addressTowards(new URL(url)))
  const member = unseal(await accept(url, id), secret)
  writeMembership(config.home, { ...member, underlayIp: own })
  process.stdout.write(`  This machine is ${member.hostName} of the cloud at ${url}, reached by ${own}.\n`)
  await up({ detach: true })
}

function tokenOf(text: string) {
  try {
    return readToken(text)
  } catch (error) {
    throw new Failure(messageOf(error), {
      remedy: 'Make one on the machine of the cloud: `./nephos host token`.',
    })
  }
}

async function accept(url: string, id: string) {
  let response: Response
  try {
    response = await fetch(`${url}/hosts/join/${id}`, { method: 'POST', signal: AbortSignal.timeout(20_000) })
  } catch (error) {
    throw new Failure(`The cloud at ${url} cannot be reached: ${messageOf(error)}.`, {
      remedy: 'Is it up, and does no firewall stand between? docs/operations.md lists the ports.',
    })
  }
  if (response.status === 404)
    throw new Failure('This join token was used already, or has expired.', {
      remedy: 'Make another one on the machine of the cloud: `./nephos host token`.',
    })
  if (!response.ok) throw new Failure(`The cloud at ${url} answered ${response.status}.`)
  return sealedMembership.parse(await response.json())
}

/** The address that this machine has towards the cloud. @throws Failure when there is no way */
function addressTowards({ hostname, port }: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) || 80, timeout: 10_000 })
    const fail = (why: string) => {
      socket.destroy()
      reject(
        new Failure(`The cloud at ${hostname}:${port} cannot be reached: ${why}.`, {
          remedy: 'Is it up, and does no firewall stand between? docs/operations.md lists the ports.',
        }),
      )
    }
    socket.once('error', (error) => fail(error.message))
    socket.once('timeout', () => fail('no answer'))
    socket.once('connect', () => {
      resolve(socket.localAddress ?? '')
      socket.destroy()
    })
  })
}

/** `./nephos host leave`: ends what this machine does for its cloud, and forgets it. */
export async function leave({ force = false }: { force?: boolean }): Promise<void> {
  const config = loadOwnConfig()
  if (!isMember(config))
    throw new Failure('This machine is no host of another cloud.', {
      remedy: 'To delete a cloud of its own: `./nephos reset`.',
    })
  const { instances, hosts, run, log } = statePaths(config)
  const left = existsSync(instances()) ? readdirSync(instances()).length : 0
  if (left > 0 && !force)
    throw new Failure(`There ${left === 1 ? 'is an instance' : `are ${left} instances`} on this host.`, {
      remedy: 'Move or delete them first, or destroy them and their disks: `./nephos host leave --force`.',
    })
  await down({})
  const steps = new Steps()
  const endPrinting = printSteps(steps)
  try {
    await steps.run('Instances and networks', () => tearDown(config, { destroy: true }), describeTeardown)
  } finally {
    endPrinting()
  }
  for (const path of [hosts, run, log, membershipFile(config.home)])
    rmSync(path, { recursive: true, force: true })
  process.stdout.write(
    `  Done. On the machine of the cloud: \`./nephos host forget ${config.hostName}\`, then remove the host in the dashboard.\n`,
  )
}

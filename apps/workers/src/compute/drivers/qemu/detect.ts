import { spawn } from 'node:child_process'
import { access, constants, mkdir, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Accelerator } from './command-line.ts'
import { sandbox } from './command-line.ts'
import { hostEnvironment, lastWords } from './host-command.ts'
import { qemuVersion } from './inventory.ts'
import { lastVerdict, probeKvm } from './kvm-probe.ts'
import { becomeUser, findUser, type QemuUser } from './user.ts'

/** What to look for, and where. */
export interface DetectOptions {
  computeDriver: 'auto' | 'qemu' | 'simulated'
  accelerator: 'auto' | Accelerator
  qemuUser: string
  /** Keeps the verdict on KVM, which is the same for every host on this machine. */
  stateDir: string
  /** Directory of the guest image, whose kernel is booted to try KVM. */
  guestDir: string
  /** Default `qemu-system-x86_64`. */
  binary?: string
}

/** What this machine can do for instances. */
export interface ComputeDetection {
  driver: 'qemu' | 'simulated'
  accelerator: Accelerator | null
  /** Why, one sentence each. */
  reasons: string[]
  /** What would unlock more, one sentence each. */
  unlock: string[]
  /** False when QEMU was demanded and does not work here: `reasons` says why. */
  usable: boolean
  qemuVersion: string | null
}

const packages = 'apt-get install qemu-system-x86 qemu-utils'

/** Looks at the machine and picks the best driver and accelerator that truly work. Never throws for what it lacks. */
export async function detectCompute(options: DetectOptions): Promise<ComputeDetection> {
  const { computeDriver, binary = 'qemu-system-x86_64' } = options
  const simulated = { driver: 'simulated', accelerator: null, qemuVersion: null } as const
  if (computeDriver === 'simulated')
    return { ...simulated, usable: true, reasons: ['The simulated driver was asked for.'], unlock: [] }
  const lacks = await missing(binary)
  if (lacks.length > 0) {
    const reasons = lacks.map(({ reason }) => reason)
    const unlock = lacks.map(({ remedy }) => remedy)
    return { ...simulated, usable: computeDriver === 'auto', reasons, unlock }
  }
  const version = await qemuVersion(binary)
  const chosen = await pickAccelerator(options, binary, version)
  return {
    driver: 'qemu',
    usable: true,
    qemuVersion: version,
    ...chosen,
    reasons: [`QEMU ${version} runs.`, ...chosen.reasons],
  }
}

interface Lack {
  reason: string
  remedy: string
}

async function missing(binary: string): Promise<Lack[]> {
  if (process.platform !== 'linux')
    return [
      {
        reason: `QEMU is driven on Linux only, this is ${process.platform}.`,
        remedy: 'Use a Linux machine.',
      },
    ]
  if (process.arch !== 'x64')
    return [{ reason: `Guests are x86-64, this is ${process.arch}.`, remedy: 'Use an x86-64 machine.' }]
  const lacks: Lack[] = []
  if (process.getuid?.() !== 0)
    lacks.push({
      reason: 'Not root: guests need taps and a user of their own.',
      remedy: 'Run as root for real guests.',
    })
  for (const [program, remedy] of [
    [binary, packages],
    ['qemu-img', packages],
    ['setpriv', 'apt-get install util-linux'],
    ['prlimit', 'apt-get install util-linux'],
    ['ip', 'apt-get install iproute2'],
  ] as const)
    if (!(await onPath(program))) lacks.push({ reason: `${program} is not installed.`, remedy })
  if (!(await stat('/dev/net/tun').catch(() => null)))
    lacks.push({ reason: '/dev/net/tun is missing.', remedy: 'Load the kernel module tun.' })
  if (lacks.length > 0) return lacks
  const refusal = await tryQemu(binary)
  return refusal
    ? [
        {
          reason: `QEMU does not start: ${refusal}.`,
          remedy: 'Look at what QEMU says; in a container, allow seccomp.',
        },
      ]
    : []
}

/** Starts QEMU without a guest, sandboxed and unprivileged as a guest's will be. Null when it did. */
async function tryQemu(binary: string): Promise<string | null> {
  // The user that Nephos makes is not there before the first start; this one always is.
  const user: QemuUser | null = process.getuid?.() === 0 ? await findUser('nobody') : null
  const command = [
    ...becomeUser(user),
    ...[
      binary,
      '-nodefaults',
      '-no-user-config',
      '-machine',
      'none',
      '-display',
      'none',
      '-sandbox',
      sandbox,
    ],
    ...['-qmp', 'stdio'],
  ]
  return new Promise((resolve) => {
    const child = spawn(command[0]!, command.slice(1), {
      env: hostEnvironment(),
      timeout: 10_000,
      killSignal: 'SIGKILL',
    })
    let errors = ''
    child.stderr.on('data', (piece: Buffer) => {
      errors += piece.toString('utf8')
    })
    child.stdin.on('error', () => {})
    child.stdin.end('{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n')
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(
        code === 0 ? null : lastWords(errors) || `it ended ${signal ? `by ${signal}` : `with ${code}`}`,
      ),
    )
  })
}

async function pickAccelerator(
  options: DetectOptions,
  binary: string,
  version: string,
): Promise<Pick<ComputeDetection, 'accelerator' | 'reasons' | 'unlock'>> {
  const { accelerator, stateDir, guestDir } = options
  const cacheFile = join(stateDir, 'kvm-probe.json')
  if (accelerator !== 'auto') {
    // The supervisor looks once and then demands what it found: the reason is in what was found.
    const verdict = accelerator === 'tcg' ? await lastVerdict(cacheFile) : null
    const asked = `The accelerator ${accelerator} was asked for.`
    return { accelerator, reasons: [verdict?.works === false ? sentence(verdict.reason) : asked], unlock: [] }
  }
  const slow = 'Guests are emulated (TCG), about ten times slower than with KVM.'
  const tcg = (reason: string, remedy: string) => ({
    accelerator: 'tcg' as const,
    reasons: [`${reason} ${slow}`],
    unlock: [remedy],
  })
  if (!(await stat('/dev/kvm').catch(() => null)))
    return tcg(
      'There is no /dev/kvm.',
      'Use a machine with KVM: bare metal, or a VM with nested virtualisation.',
    )
  const [kernel, initrd] = [join(guestDir, 'nephos-tiny.vmlinuz'), join(guestDir, 'nephos-tiny.initrd')]
  if (!(await readable(kernel)) || !(await readable(initrd)))
    return tcg(
      'KVM is not tried yet, for want of the guest image.',
      'Build it (guest/build.sh), so that KVM can be tried with its kernel.',
    )
  await mkdir(stateDir, { recursive: true, mode: 0o711 })
  const user =
    process.getuid?.() === 0 ? ((await findUser(options.qemuUser)) ?? (await findUser('nobody'))) : null
  const verdict = await probeKvm({ binary, qemuVersion: version, kernel, initrd, user, cacheFile })
  if (verdict.works) return { accelerator: 'kvm', reasons: [sentence(verdict.reason)], unlock: [] }
  return tcg(
    sentence(verdict.reason),
    `Repair KVM and delete ${cacheFile} to try again, or set NEPHOS_ACCELERATOR=kvm to use it all the same.`,
  )
}

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`

async function onPath(program: string): Promise<boolean> {
  const dirs = program.includes('/') ? [''] : hostEnvironment().PATH!.split(delimiter)
  const found = await Promise.all(
    dirs.map((dir) =>
      access(join(dir, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}

const readable = (path: string): Promise<boolean> =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  )

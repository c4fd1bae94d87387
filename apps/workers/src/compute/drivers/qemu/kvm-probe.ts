import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import { release } from 'node:os'
import { z } from 'zod'
import { readJson, writeJson } from '../atomic-file.ts'
import { type Accelerator, acceleratorArgs, sandbox } from './command-line.ts'
import { hostEnvironment, lastWords } from './host-command.ts'
import { becomeUser, kvmGroup, openDevice, type QemuUser } from './user.ts'

/** How a kernel fared under KVM. */
export interface KvmVerdict {
  works: boolean
  /** A sentence for people. */
  reason: string
  seconds: number
}

/** What the probe needs. */
export interface KvmProbeOptions {
  binary: string
  qemuVersion: string
  /** Kernel and initramfs of the guest image; the initramfs answers to `nephos.probe`. */
  kernel: string
  initrd: string
  user: QemuUser | null
  /** Where the verdict is kept. */
  cacheFile: string
  /** Default 8 seconds. */
  timeoutMs?: number
  /** What to boot with; for tests of the probe itself. Default `kvm`. */
  accelerator?: Accelerator
}

const marker = 'NEPHOS PROBE OK'
const cached = z.object({
  key: z.string(),
  verdict: z.object({ works: z.boolean(), reason: z.string(), seconds: z.number() }),
})

/**
 * Boots a real kernel under KVM and waits for the word of its first program. That a device is there, or that firmware runs,
 * proves nothing: nested and para-virtualised KVM can start a machine whose kernel then crawls for minutes. The
 * verdict is kept for this kernel, QEMU, processor and guest kernel.
 */
export async function probeKvm(options: KvmProbeOptions): Promise<KvmVerdict> {
  if (options.user) await openDevice('/dev/kvm')
  const key = await cacheKey(options)
  const known = cached.safeParse(await readJson(options.cacheFile))
  if (known.success && known.data.key === key) return known.data.verdict
  const verdict = await boot(options)
  await writeJson(options.cacheFile, { key, verdict })
  return verdict
}

/** The verdict that was kept, whatever has changed since; null when there is none. */
export async function lastVerdict(cacheFile: string): Promise<KvmVerdict | null> {
  return cached.safeParse(await readJson(cacheFile)).data?.verdict ?? null
}

async function cacheKey({ kernel, qemuVersion, user }: KvmProbeOptions): Promise<string> {
  const { size, mtimeMs } = await stat(kernel)
  const cpu = (await readFile('/proc/cpuinfo', 'utf8')).split('\n\n')[0]!
  const lasting = cpu.split('\n').filter((line) => /^(model name|microcode|flags|bugs)\s*:/.test(line))
  const device = await stat('/dev/kvm')
  const facts = [release(), qemuVersion, size, mtimeMs, user?.uid ?? -1, device.mode, device.gid, ...lasting]
  return createHash('sha256').update(facts.join('\n')).digest('hex')
}

async function boot(options: KvmProbeOptions): Promise<KvmVerdict> {
  const { binary, user, timeoutMs = 8_000 } = options
  const group = user ? await kvmGroup() : null
  const [program, ...args] = [
    ...becomeUser(user, group === null ? [] : [group]),
    ...[
      'prlimit',
      '--core=0',
      binary,
      '-nodefaults',
      '-no-user-config',
      '-sandbox',
      sandbox,
      '-machine',
      'pc',
    ],
    ...acceleratorArgs(options.accelerator ?? 'kvm'),
    ...['-m', '256M', '-smp', '1', '-display', 'none', '-no-reboot'],
    ...['-chardev', 'stdio,id=serial0,signal=off', '-device', 'isa-serial,chardev=serial0'],
    // The files may lie where only we can go, so QEMU gets them by descriptor.
    ...['-kernel', '/dev/fd/3', '-initrd', '/dev/fd/4'],
    ...['-append', 'console=ttyS0 quiet panic=-1 nephos.probe'],
  ]
  const files = await Promise.all([open(options.kernel, 'r'), open(options.initrd, 'r')])
  const began = performance.now()
  const child = spawn(program!, args, {
    stdio: ['ignore', 'pipe', 'pipe', ...files.map((file) => file.fd)],
    env: hostEnvironment(),
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  try {
    const end = await ending(child, timeoutMs)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    if (end === 'booted') return { works: true, reason: `a kernel booted with KVM in ${seconds} s`, seconds }
    return { works: false, reason: `KVM is there, but no kernel boots with it: ${end}`, seconds }
  } finally {
    kill()
    process.removeListener('exit', kill)
    await Promise.all(files.map((file) => file.close()))
  }
}

/** `booted`, or what happened instead. */
function ending(child: ChildProcess, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    let out = ''
    let errors = ''
    const timer = setTimeout(() => resolve(`no sign of one after ${timeoutMs / 1_000} s`), timeoutMs)
    const settle = (end: string) => {
      clearTimeout(timer)
      resolve(end)
    }
    child.stdout?.on('data', (piece: Buffer) => {
      out = (out + piece.toString('latin1')).slice(-8_192)
      if (out.includes(marker)) settle('booted')
    })
    child.stderr?.on('data', (piece: Buffer) => {
      errors = (errors + piece.toString('utf8')).slice(-8_192)
    })
    child.once('error', (error) => settle(error.message))
    child.once('close', (code, signal) =>
      settle(lastWords(errors) || `QEMU ended ${signal ? `by ${signal}` : `with ${code}`}`),
    )
  })
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './installation.ts'

/** What the control plane cannot do without. */
const servers = ['nats-server']

/** What real instances and networks need. */
const hypervisor = [
  'qemu-system-x86',
  'qemu-utils',
  'qemu-block-extra',
  'ovmf',
  'dnsmasq-base',
  'nftables',
  'iproute2',
  'haproxy',
  'conntrack',
]

/** What serves volumes. */
const storage = ['tgt', 'vblade']

/** What the end-to-end tests need on top. */
const browser = ['chromium', 'fonts-dejavu-core', 'fonts-noto-color-emoji', 'openssh-client']

/** A real server for the tests of image stores. */
const stores = ['python3-swift']

/** What guest/build.sh says it needs. */
const guest = (): string[] =>
  readFileSync(join(root, 'guest/packages.txt'), 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter(Boolean)

/** Debian packages that `./nephos up` installs as root. */
export const runtimePackages = (): string[] => [
  ...new Set([...servers, ...hypervisor, ...storage, ...guest()]),
]

/** Debian packages that `./nephos test` installs as root. @param withBrowser also what end-to-end tests need */
export const testPackages = (withBrowser: boolean): string[] => [
  ...runtimePackages(),
  ...stores,
  ...(withBrowser ? browser : []),
]

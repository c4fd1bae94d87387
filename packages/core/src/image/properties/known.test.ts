import { expect, test } from 'vitest'
import { knownProperties, wrongProperty } from './known.ts'

test('each says in a sentence what it is for', () => {
  for (const [name, { what }] of Object.entries(knownProperties)) expect(what, name).toMatch(/^[A-Z].*\.$/)
})

test.each([
  ['os_type', 'linux', null],
  ['os_type', 'plan9', 'os_type must be linux or windows.'],
  ['hw_disk_bus', 'ide', 'hw_disk_bus must be virtio or scsi.'],
  ['hw_cpu_cores', '0', 'hw_cpu_cores must be a whole number from 1 to 512.'],
  ['hw_qemu_guest_agent', 'perhaps', 'hw_qemu_guest_agent must be yes or no.'],
  ['hw_disk_bus', '', 'hw_disk_bus must be virtio or scsi.'],
  ['os_require_quiesce', 'True', null],
  ['os_distro', 'anything', null],
  ['my_own', 'x', null],
  ['constructor', 'x', null],
])('%s = %j', (name, value, wrong) => {
  expect(wrongProperty(name, value)).toBe(wrong)
})

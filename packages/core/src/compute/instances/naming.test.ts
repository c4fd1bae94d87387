import { expect, test } from 'vitest'
import { displayName } from '../names.ts'
import { hostnameOf, instanceNames } from './hostname.ts'
import { statesOf } from './status-filter.ts'
import { userDataBytes } from './user-data.ts'

const id = '0190c0de-0000-7000-8000-000000000001'

test('host names are made of what RFC 1123 allows', () => {
  expect(hostnameOf('web', id)).toBe('web')
  expect(hostnameOf('My Web_Server.example', id)).toBe('my-web-server-example')
  expect(hostnameOf('  --Ünïcode 1--', id)).toBe('ncode-1')
  expect(hostnameOf('日本語', id)).toBe(`Server-${id}`)
  expect(hostnameOf(`${'a'.repeat(62)}-b`, id)).toBe('a'.repeat(62))
  expect(hostnameOf('x'.repeat(255), id)).toHaveLength(63)
})

test('several instances get numbers', () => {
  expect(instanceNames('web', 1)).toEqual(['web'])
  expect(instanceNames('web', 3)).toEqual(['web-1', 'web-2', 'web-3'])
})

test('names are printable', () => {
  for (const good of ['web', 'Größe 👩‍💻', 'a'.repeat(255)]) expect(displayName.parse(` ${good} `)).toBe(good)
  for (const bad of ['', '   ', 'a\u0000b', 'a\nb', '\u2028', 'a'.repeat(256)])
    expect(displayName.safeParse(bad).success).toBe(false)
})

test('user data is taken as text or base64', () => {
  const script = '#!/bin/sh\necho hi\n'
  const packed = Buffer.from(script).toString('base64')
  expect(userDataBytes('', 'auto')).toBeNull()
  expect(userDataBytes(script, 'auto')?.toString()).toBe(script)
  expect(userDataBytes(packed, 'auto')?.toString()).toBe(script)
  expect(userDataBytes(packed, 'text')?.toString()).toBe(packed)
  expect(userDataBytes(`${packed.slice(0, 8)}\n${packed.slice(8)}`, 'base64')?.toString()).toBe(script)
  expect(() => userDataBytes(script, 'base64')).toThrow(/not valid base64/)
  expect(userDataBytes('#'.repeat(65_535), 'auto')).toHaveLength(65_535)
  expect(() => userDataBytes('#'.repeat(65_536), 'auto')).toThrow(/65536 bytes/)
  expect(() => userDataBytes('é'.repeat(32_768), 'text')).toThrow(/65536 bytes/)
})

test('a status is looked for as the states it stands for', () => {
  expect(statesOf('BUILD')).toEqual([{ vmState: 'building', taskStates: [], except: true }])
  expect(statesOf('REBOOT')).toEqual([
    { vmState: 'active', taskStates: ['rebooting', 'reboot_pending', 'reboot_started'], except: false },
  ])
  const [active] = statesOf('ACTIVE')
  expect(active).toMatchObject({ vmState: 'active', except: true })
  expect(active?.taskStates).toContain('rebooting')
})

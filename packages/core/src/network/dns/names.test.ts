import { expect, test } from 'vitest'
import { dnsDomainField, dnsNameField, nameOfPort } from './names.ts'

test('names and domains are written in one way', () => {
  expect(dnsNameField.parse(' Web-1 ')).toBe('web-1')
  expect(dnsDomainField.parse('Cloud.Example.')).toBe('cloud.example')
  expect(dnsDomainField.parse('')).toBe('')
})

test.each(['a b', '-a', 'a-', 'a.b', 'a_b', 'x'.repeat(64), 'ä'])('%j is no name', (name) => {
  expect(dnsNameField.safeParse(name).success).toBe(false)
})

test.each(['a..b', '.', '-.example', 'a b.example', `${'x.'.repeat(100)}y`])('%j is no domain', (domain) => {
  expect(dnsDomainField.safeParse(domain).success).toBe(false)
})

test('a port has its own name, or that of its instance', () => {
  expect(nameOfPort({ dnsName: 'db', instance: { hostname: 'web' } })).toBe('db')
  expect(nameOfPort({ dnsName: '', instance: { hostname: 'Server-1' } })).toBe('server-1')
  expect(nameOfPort({ dnsName: '', instance: null })).toBe('')
})

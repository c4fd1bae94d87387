import { expect, test } from 'vitest'
import { emptyRule, portFields, presetFields, ruleInput } from './rule-draft.ts'

test('a preset fills in what it opens', () => {
  expect(presetFields('https')).toEqual({ preset: 'https', protocol: 'tcp', from: '443', to: '443' })
  expect(ruleInput({ ...emptyRule, ...presetFields('icmp') }).input).toMatchObject({
    protocol: 'icmp',
    portMin: 8,
    portMax: null,
  })
  expect(ruleInput({ ...emptyRule, ...presetFields('icmp'), ethertype: 'IPv6' }).input).toMatchObject({
    protocol: 'ipv6-icmp',
    portMin: 128,
    portMax: null,
  })
  expect(ruleInput({ ...emptyRule, ...presetFields('all') }).input).toMatchObject({
    protocol: null,
    portMin: null,
    portMax: null,
    remoteIpPrefix: '0.0.0.0/0',
  })
})

test('one port is a range of one, and fields that a protocol lacks are left out', () => {
  expect(ruleInput({ ...emptyRule, from: '8080', to: '' }).input).toMatchObject({
    portMin: 8080,
    portMax: 8080,
  })
  expect(ruleInput({ ...emptyRule, protocol: 'gre', from: '1', to: '2' }).input).toMatchObject({
    protocol: 'gre',
    portMin: null,
    portMax: null,
  })
  expect(portFields('any')).toBeNull()
})

test('the other side is a range, a group, or anybody', () => {
  expect(ruleInput({ ...emptyRule, remote: 'range' }).problem).toBe('Name the addresses of the other side.')
  expect(ruleInput({ ...emptyRule, remote: 'range', prefix: ' 10.0.0.0/8 ' })).toMatchObject({
    problem: null,
    input: { remoteIpPrefix: '10.0.0.0/8', remoteGroupId: null },
  })
  expect(ruleInput({ ...emptyRule, remote: 'some-id' }).input).toMatchObject({
    remoteIpPrefix: null,
    remoteGroupId: 'some-id',
  })
  expect(ruleInput({ ...emptyRule, remote: 'addresses some-id' }).input).toMatchObject({
    remoteIpPrefix: null,
    remoteGroupId: null,
    remoteAddressGroupId: 'some-id',
  })
  expect(ruleInput({ ...emptyRule, ethertype: 'IPv6' }).input.remoteIpPrefix).toBe('::/0')
})

import { expect, test } from 'vitest'
import { filterTitle, type PlacementReport, reportSummary, tellingFilters } from './placement.ts'

const report = (hosts: number, fits: number): PlacementReport => ({
  hosts,
  fits,
  filters: [
    { filter: 'compute', noun: 'hosts that are up', need: 'up', passed: hosts, failed: 0 },
    { filter: 'ram', noun: 'RAM', need: 512, passed: fits, failed: hosts - fits },
    { filter: 'same-host', noun: 'the same host', need: 'any', passed: hosts, failed: 0 },
  ],
  weighers: [],
  tight: null,
  rows: [],
})

test('what failed no host and is no amount is left out, and the rest keeps its place in the rows', () => {
  expect(tellingFilters(report(3, 1)).map(({ filter, index }) => [filter, index])).toEqual([['ram', 1]])
  expect(tellingFilters(report(3, 3)).map(({ filter }) => filter)).toEqual(['ram'])
})

test('the summary counts hosts', () => {
  expect(reportSummary(report(0, 0))).toBe('No host has joined the cloud yet.')
  expect(reportSummary(report(1, 0))).toBe('None of 1 host could take it.')
  expect(reportSummary(report(3, 2))).toBe('2 of 3 hosts could take it.')
})

test('a filter without a title of its own reads as words', () => {
  expect(filterTitle('availability-zone')).toBe('Availability zone')
  expect(filterTitle('vcpus')).toBe('vCPUs')
})

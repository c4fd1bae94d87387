import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { applyEvent } from '#features/live/apply.ts'
import { networkNoun, portNoun } from './live.ts'

const at = '2026-01-01T00:00:00.000Z'
const network = (over: object) => ({
  id: 'n',
  projectId: 'p',
  name: 'lan',
  portCount: 0,
  updatedAt: new Date(at),
  ...over,
})
const event = (noun: string, data: object) => ({
  seq: 1,
  noun,
  change: 'updated' as const,
  id: 'n',
  at,
  data,
})
const shown = [['network', 'networks', 'show'], { input: { id: 'n' }, type: 'query' }] as const
const scope = { projectId: 'p' }

test('an older announcement does not take back the ports that a later answer counted', () => {
  const client = new QueryClient()
  client.setQueryData(shown, network({ portCount: 3 }))
  applyEvent(client, event('network', { ...network({}), updatedAt: at }), [networkNoun], scope)
  expect(client.getQueryData(shown)).toMatchObject({ portCount: 3 })
  const later = '2026-01-01T00:00:01.000Z'
  applyEvent(
    client,
    event('network', { ...network({ name: 'wan' }), updatedAt: later }),
    [networkNoun],
    scope,
  )
  expect(client.getQueryData(shown)).toMatchObject({ name: 'wan' })
})

test('a port asks again how full its network is', () => {
  const client = new QueryClient()
  client.setQueryData(shown, network({}))
  const stale = applyEvent(
    client,
    event('port', { networkId: 'n', projectId: 'p' }),
    [networkNoun, portNoun],
    scope,
  )
  expect(stale.map(({ queryKey }) => queryKey)).toEqual([shown])
})

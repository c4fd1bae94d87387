import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { goneKey, type LiveEvent } from './apply.ts'
import { Feed } from './feed.ts'
import { defineNoun } from './nouns.ts'
import { isNewerByVersion, type LivePage } from './rows.ts'

interface Row {
  id: string
  projectId: string
  name: string
  generation: number
  hostName?: string | null
}
const noun = defineNoun<Row>({
  noun: 'thing',
  list: ['d', 'things', 'list'],
  show: ['d', 'things', 'show'],
  refetches: [['d', 'totals', 'show']],
  adminOnly: ['hostName'],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row) => row.name,
  matches: () => true,
  isNewer: isNewerByVersion,
})
const listKey = (input: object = {}) => [['d', 'things', 'list'], { input, type: 'query' }]
const showKey = (id: string) => [['d', 'things', 'show'], { input: { id }, type: 'query' }]
const row = (id: string, rest: Partial<Row> = {}): Row => ({
  id,
  projectId: 'p',
  name: id,
  generation: 1,
  ...rest,
})

let seq = 0
const event = (change: LiveEvent['change'], data: Row | null, id = data!.id): LiveEvent => ({
  seq: ++seq,
  noun: 'thing',
  change,
  id,
  at: new Date().toISOString(),
  data,
})

let client: QueryClient
let feed: Feed
beforeEach(() => {
  vi.useFakeTimers()
  client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  })
  feed = new Feed(client, [noun], () => ({ projectId: 'p' }))
})
afterEach(() => {
  feed.close()
  client.clear()
  vi.useRealTimers()
})
const listed = (input: object = {}) =>
  client.getQueryData<LivePage<Row>>(listKey(input))!.items.map(({ id }) => id)
const setList = (rows: Row[], input: object = {}) =>
  client.setQueryData(listKey(input), { items: rows, nextCursor: null })

test('lists and details follow a create, a change and a delete', async () => {
  setList([row('b')])
  client.setQueryData(showKey('b'), { ...row('b'), more: 1 })
  feed.push(event('created', row('a')))
  feed.push(event('updated', row('b', { generation: 2, name: 'bb' })))
  await vi.advanceTimersByTimeAsync(20)
  expect(listed()).toEqual(['a', 'b'])
  expect(client.getQueryData(showKey('b'))).toMatchObject({ name: 'bb', more: 1 })

  feed.push(event('deleted', null, 'b'))
  await vi.advanceTimersByTimeAsync(20)
  expect(listed()).toEqual(['a'])
  expect(client.getQueryData(goneKey('b'))).toBeInstanceOf(Date)
})

test('rows of other projects show up only where every project is listed', async () => {
  setList([])
  setList([], { allProjects: true })
  feed.push(event('created', row('x', { projectId: 'other' })))
  await vi.advanceTimersByTimeAsync(20)
  expect(listed()).toEqual([])
  expect(listed({ allProjects: true })).toEqual(['x'])
})

test('an event does not take away what only administrators are shown', async () => {
  setList([row('a', { hostName: 'host1' })])
  feed.push(event('updated', row('a', { generation: 2, hostName: null })))
  await vi.advanceTimersByTimeAsync(20)
  expect(client.getQueryData<LivePage<Row>>(listKey())!.items[0]).toMatchObject({
    generation: 2,
    hostName: 'host1',
  })
})

test('progress changes a known row and never makes an unknown one', async () => {
  setList([row('a')])
  feed.push(event('progress', { ...row('a'), name: 'a', generation: 1 }))
  feed.push(event('progress', row('z')))
  await vi.advanceTimersByTimeAsync(20)
  expect(listed()).toEqual(['a'])
})

test('an answer that was read before an event but arrives after it gets the event again', async () => {
  let answer: (page: LivePage<Row>) => void = () => undefined
  const asked = client.fetchQuery({
    queryKey: listKey(),
    queryFn: () => new Promise<LivePage<Row>>((resolve) => (answer = resolve)),
  })
  feed.push(event('updated', row('a', { generation: 7, name: 'new' })))
  feed.push(event('deleted', null, 'b'))
  await vi.advanceTimersByTimeAsync(20)
  answer({ items: [row('a', { generation: 3 }), row('b')], nextCursor: null })
  await asked
  await vi.advanceTimersByTimeAsync(20)
  expect(client.getQueryData<LivePage<Row>>(listKey())!.items).toEqual([
    row('a', { generation: 7, name: 'new' }),
  ])
})

test('numbers that a row cannot tell are asked for once for a burst', async () => {
  const totals = vi.fn(async () => 1)
  const queryKey = [['d', 'totals', 'show'], { input: {}, type: 'query' }]
  const stop = new (await import('@tanstack/react-query')).QueryObserver(client, {
    queryKey,
    queryFn: totals,
  }).subscribe(() => undefined)
  await vi.advanceTimersByTimeAsync(0)
  expect(totals).toHaveBeenCalledTimes(1)
  for (let index = 0; index < 20; index++) feed.push(event('created', row(`n${index}`)))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(totals).toHaveBeenCalledTimes(2)
  stop()
})

test('a reset asks for everything on the page again', async () => {
  const read = vi.fn(async () => ({ items: [row('a')], nextCursor: null }))
  const { QueryObserver } = await import('@tanstack/react-query')
  const stop = new QueryObserver(client, { queryKey: listKey(), queryFn: read }).subscribe(() => undefined)
  await vi.advanceTimersByTimeAsync(0)
  feed.reset()
  await vi.advanceTimersByTimeAsync(10)
  expect(read).toHaveBeenCalledTimes(2)
  stop()
})

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { KeyedLock } from './keyed-lock.ts'

it('runs tasks of one key in turn, those of others beside them, and goes on after a failure', async () => {
  const lock = new KeyedLock()
  const log: string[] = []
  const task = (name: string, ms: number) => async () => {
    log.push(`${name}+`)
    await sleep(ms)
    log.push(`${name}-`)
    return name
  }
  const failing = lock.run('a', async () => {
    await sleep(5)
    throw new Error('no')
  })
  const results = Promise.all([
    lock.run('a', task('a1', 20)),
    lock.run('a', task('a2', 1)),
    lock.run('b', task('b1', 1)),
  ])
  await expect(failing).rejects.toThrow('no')
  expect(await results).toEqual(['a1', 'a2', 'b1'])
  expect(log.filter((entry) => entry.startsWith('a'))).toEqual(['a1+', 'a1-', 'a2+', 'a2-'])
  expect(log.indexOf('b1-')).toBeLessThan(log.indexOf('a1-'))
})

import type { MigrationRecord } from '@nephos/core'
import type { CloudEvent } from '@nephos/jobs'
import { expect, test } from 'vitest'
import type { ComputeDeps } from '../deps.ts'
import { moveProgress } from './write.ts'

test('the people of a project hear how far a move is, and no names of hosts', async () => {
  const announced: CloudEvent[] = []
  const services = {
    db: { migration: { updateMany: async () => ({ count: 1 }) } },
    announce: (event: CloudEvent) => announced.push(event),
  }
  const migration = {
    id: 'move',
    projectId: 'shop',
    sourceHost: 'host1',
    destHost: 'host2',
    oldFlavor: null,
    newFlavor: null,
    instance: { name: 'web-1' },
  } as MigrationRecord
  await moveProgress({ services } as unknown as ComputeDeps, migration)(3, 4)
  const [toAdministrators, toMembers, ...others] = announced
  expect(others).toEqual([])
  expect(toAdministrators).toMatchObject({ audience: { kind: 'admin' }, data: { sourceHost: 'host1' } })
  expect(toMembers).toMatchObject({
    noun: 'migration',
    change: 'progress',
    audience: { kind: 'project', projectId: 'shop' },
    data: { id: 'move', doneBytes: 3, totalBytes: 4 },
  })
  expect(JSON.stringify(toMembers)).not.toContain('host')
})

import { describe, expect, it } from 'vitest'
import { Ring } from './ring.ts'
import { visibleTo } from './visible.ts'

describe('Ring', () => {
  it('keeps the newest in order and hands out what had to go', () => {
    const ring = new Ring<{ seq: number }>(4)
    const dropped = Array.from({ length: 30 }, (_, index) => ring.push({ seq: index * 2 })?.seq)
    expect(dropped).toEqual([
      ...Array(4).fill(undefined),
      ...Array.from({ length: 26 }, (_, index) => index * 2),
    ])
    expect(ring.length).toBe(4)
    expect(ring.after(0).map(({ seq }) => seq)).toEqual([52, 54, 56, 58])
    expect(ring.after(54).map(({ seq }) => seq)).toEqual([56, 58])
    expect(ring.after(55).map(({ seq }) => seq)).toEqual([56, 58])
    expect(ring.after(58)).toEqual([])
    ring.clear()
    expect(ring.after(0)).toEqual([])
  })
})

describe('visibleTo', () => {
  const member = { userId: 'u1', projectId: 'p1', isAdmin: false }
  it.each([
    [{ kind: 'everyone' } as const, true],
    [{ kind: 'project', projectId: 'p1' } as const, true],
    [{ kind: 'project', projectId: 'p2' } as const, false],
    [{ kind: 'user', userId: 'u1' } as const, true],
    [{ kind: 'user', userId: 'u2' } as const, false],
    [{ kind: 'admin' } as const, false],
  ])('%o for a member: %s', (audience, visible) => {
    expect(visibleTo(member, audience)).toBe(visible)
    expect(visibleTo({ ...member, isAdmin: true }, audience)).toBe(true)
  })
  it('shows no project to who is in none', () => {
    expect(visibleTo({ ...member, projectId: null }, { kind: 'project', projectId: 'p1' })).toBe(false)
  })
})

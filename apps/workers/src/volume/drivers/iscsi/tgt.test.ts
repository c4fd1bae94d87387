import { expect, test } from 'vitest'
import { parseSessions, parseTargets } from './tgt.ts'

const shown = `Target 1: iqn.2026-01.org.nephos:volume-a
    System information:
        Driver: iscsi
        State: ready
    I_T nexus information:
        I_T nexus: 3
            Initiator: iqn.2026-01.org.nephos:host1 alias: none
            Connection: 0
                IP Address: 127.0.0.1
    LUN information:
        LUN: 0
            Type: controller
        LUN: 1
            Type: disk
            Backing store path: /run/x.img
    Account information:
        volume-a
    ACL information:
        iqn.2026-01.org.nephos:host1
        iqn.2026-01.org.nephos:host2
Target 12: iqn.2026-01.org.nephos:volume-b
    System information:
        Driver: iscsi
        State: ready
    I_T nexus information:
    LUN information:
        LUN: 0
            Type: controller
    Account information:
    ACL information:
`

test('reads what tgtadm shows of targets', () => {
  expect(parseTargets('')).toEqual([])
  expect(parseTargets(shown)).toEqual([
    {
      tid: 1,
      name: 'iqn.2026-01.org.nephos:volume-a',
      luns: [0, 1],
      accounts: ['volume-a'],
      initiators: ['iqn.2026-01.org.nephos:host1', 'iqn.2026-01.org.nephos:host2'],
    },
    { tid: 12, name: 'iqn.2026-01.org.nephos:volume-b', luns: [0], accounts: [], initiators: [] },
  ])
})

test('reads what tgtadm shows of connections', () => {
  expect(parseSessions('')).toEqual([])
  const text = `Session: 3
    Connection: 0
        Initiator: iqn.2026-01.org.nephos:host1
        IP Address: 127.0.0.1
Session: 5
    Connection: 1
        Initiator: iqn.2026-01.org.nephos:host2
        IP Address: 10.0.0.2
`
  expect(parseSessions(text)).toEqual([
    { sid: 3, cid: 0, initiator: 'iqn.2026-01.org.nephos:host1' },
    { sid: 5, cid: 1, initiator: 'iqn.2026-01.org.nephos:host2' },
  ])
})

import type { Db } from '@nephos/db'
import { type HostRecord, hostSelect } from './row.ts'

/** Reads hosts with their services, by name: the given ones, or all. One query. */
export type ReadHosts = (ids?: string[]) => Promise<HostRecord[]>

/** For whoever keeps a copy of the hosts (the scheduler): how to read them again. */
export const hostReader =
  (db: Db): ReadHosts =>
  (ids) =>
    db.host.findMany({ where: ids && { id: { in: ids } }, select: hostSelect, orderBy: { name: 'asc' } })

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCloud, startCloud, type TestCloud } from '@nephos/testbed'
import { theCloud } from './cloud.ts'

const noteOf = (home: string): string => join(home, 'run/lab-home')

/**
 * A lab of two hosts, with real machines wherever this machine can. It is started when it is first asked for, serves
 * all files of the run that only look at their own instances there, and ends with the run.
 */
export async function theLab(): Promise<TestCloud> {
  const given = theCloud()
  if (given.info().hosts.length > 1) return given
  const note = noteOf(given.home)
  if (existsSync(note)) return openCloud(readFileSync(note, 'utf8'))
  const lab = await startCloud({ hosts: 2, NEPHOS_SERVICE_DOWN_TIME: 8 })
  writeFileSync(note, lab.home)
  return lab
}

/** Ends the lab of a run, where there was one. */
export async function endLab(home: string): Promise<void> {
  const note = noteOf(home)
  if (existsSync(note)) await openCloud(readFileSync(note, 'utf8')).destroy()
}

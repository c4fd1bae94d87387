import { runProgram } from './decisions.ts'
import { type Row, row } from './report.ts'

type Figures = Record<'rule' | 'member' | 'port', number>

/**
 * What one change of security groups costs a host with 500 ports, against a host with one.
 * @returns null where real networks cannot be made
 */
export async function ruleChanges(notes: string[]): Promise<Row | null> {
  const measured = await runProgram<{ few: Figures; many: Figures } | null>(
    'apps/workers/src/testing/rule-change.ts',
  )
  if (!measured) {
    notes.push('changes of security groups were not measured: this machine only simulates networks')
    return null
  }
  const { few, many } = measured
  const words = (['rule', 'member', 'port'] as const).map(
    (what) => `${what} ${many[what].toFixed(0)} ms (${few[what].toFixed(0)} ms with 1 port)`,
  )
  notes.push(`one change of security groups on a host with 500 ports: ${words.join(', ')}`)
  return row('one rule changed, 500 ports against 1', many.rule / few.rule, { below: 3 }, 'times')
}

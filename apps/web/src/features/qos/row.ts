import { defineNoun } from '#features/live/nouns.ts'
import { textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One QoS policy as lists hold it, with its rules. */
export type QosPolicyRow = RouterOutputs['network']['qosPolicies']['list']['items'][number]
/** One QoS policy with what uses it. */
export type QosPolicyDetail = RouterOutputs['network']['qosPolicies']['show']
/** One rule. */
export type QosRule = QosPolicyRow['rules'][number]

/** QoS policies: patched by `qos_policy` events, which tell of every change of rules, too. */
export const qosPolicyNoun = defineNoun<QosPolicyRow>({
  noun: 'qos_policy',
  list: ['network', 'qosPolicies', 'list'],
  show: ['network', 'qosPolicies', 'show'],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof QosPolicyRow] as string | Date,
  matches: (row, input) =>
    (input.shared === undefined || input.shared === row.shared) &&
    (textMatches(input.search, row.name) ||
      textMatches(input.search, row.description) ||
      input.search === row.id),
  listedElsewhere: (row) => row.shared,
  isNewer: (next, known) => next.generation > known.generation,
})

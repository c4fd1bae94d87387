import { defineNoun } from '#features/live/nouns.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** That a network is given to one project, or to every one. */
export type RbacPolicyRow = RouterOutputs['network']['rbacPolicies']['list']['items'][number]

/** Whom networks are given to: patched by `rbac_policy` events. */
export const rbacPolicyNoun = defineNoun<RbacPolicyRow>({
  noun: 'rbac_policy',
  list: ['network', 'rbacPolicies', 'list'],
  defaultSort: { by: 'createdAt', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof RbacPolicyRow],
  matches: (row, input) => !input.networkId || input.networkId === row.networkId,
  isNewer: () => true,
})

/** Stands for every project. */
export const everyProject = '*'

/** What a network is given for. */
export const shareKinds = [
  { value: 'access_as_shared', title: 'Use it', facts: 'Their instances and ports join it.' },
  {
    value: 'access_as_external',
    title: 'Reach the outside by it',
    facts: 'Their routers have a gateway on it, and floating IPs come from it.',
  },
] as const
export type ShareKind = (typeof shareKinds)[number]['value']

/** What it is given for, in a few words. */
export const sharedFor = (action: string): string =>
  action === 'access_as_external' ? 'gateways and floating IPs' : 'instances and ports'

/** Who it is given to, as far as this person knows its name. */
export const targetName = (
  target: string,
  projects: readonly { id: string; name: string }[],
): string | null =>
  target === everyProject ? 'Every project' : (projects.find(({ id }) => id === target)?.name ?? null)

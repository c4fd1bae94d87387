import { computeVerbs } from './compute/index.ts'
import { identityVerbs } from './identity/index.ts'
import { imageVerbs } from './image/index.ts'
import type { AnyVerb, VerbTree } from './kernel/index.ts'
import { networkVerbs } from './network/index.ts'
import { operationVerbs } from './operation/index.ts'
import { volumeVerbs } from './volume/index.ts'

export * from './compute/index.ts'
export * from './identity/index.ts'
export * from './image/index.ts'
export * from './kernel/index.ts'
export * from './network/index.ts'
export * from './operation/index.ts'
export * from './volume/index.ts'

/** Every verb of the cloud, nested by domain and noun: its path is its name. */
export const verbTree = {
  identity: identityVerbs,
  compute: computeVerbs,
  network: networkVerbs,
  image: imageVerbs,
  volume: volumeVerbs,
  operation: operationVerbs,
} as const

const gather = (tree: VerbTree): AnyVerb[] =>
  Object.values(tree).flatMap((value) => (typeof value === 'function' ? [value] : gather(value)))

/** Every verb of the cloud, as a list. */
export const allVerbs: readonly AnyVerb[] = gather(verbTree)

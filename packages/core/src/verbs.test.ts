import { expect, test } from 'vitest'
import { allVerbs, type VerbTree, verbTree } from './index.ts'

const paths = (tree: VerbTree, prefix: string[] = []): string[] =>
  Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'function' ? [[...prefix, name].join('.')] : paths(value, [...prefix, name]),
  )

test('the place of every verb in the tree is its name', () => {
  expect(allVerbs.length).toBeGreaterThan(50)
  expect(allVerbs.map(({ verb }) => verb)).toEqual(paths(verbTree))
})

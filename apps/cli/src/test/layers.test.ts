import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../installation.ts'

const packages = {
  db: { '.': './src/index.ts' },
  core: { '.': './src/index.ts', './states': './src/compute/states.ts' },
  api: { './trpc': './src/trpc/index.ts' },
  config: { '.': './src/index.ts' },
}
/** What an import is, where it stands, its text, and the rules it breaks. */
type Case = [what: string, file: string, text: string, rules: string[]]

const refused: Case[] = [
  ['upwards', 'packages/db/src/up.ts', `import '@nephos/core'`, ['packages-db-looks-down']],
  ['past a layer', 'packages/api/src/deep.ts', `import '@nephos/db'`, ['packages-api-looks-down']],
  [
    'past a layer, as a type too',
    'packages/api/src/type.ts',
    `import type { value } from '@nephos/db'\nexport type A = typeof value`,
    ['packages-api-looks-down'],
  ],
  ['to another app', 'apps/workers/src/x.ts', `import '../../api/src/main.ts'`, ['apps-workers-looks-down']],
  [
    'to the API at run time, from the browser',
    'apps/web/src/features/x.ts',
    `import { value } from '@nephos/api/trpc'\nexport const a = value`,
    ['browser-knows-types-of-the-api'],
  ],
  [
    'to the domain, from the browser',
    'apps/web/src/features/y.ts',
    `import { value } from '@nephos/core'\nexport const a = value`,
    ['browser-knows-states-and-errors'],
  ],
  [
    'to the configuration, from the browser',
    'apps/web/src/features/z.ts',
    `import { value } from '@nephos/config'\nexport const a = value`,
    ['browser-has-no-configuration'],
  ],
  [
    'to the database, from a driver',
    'apps/workers/src/compute/drivers/d.ts',
    `import '@nephos/db'`,
    ['apps-workers-looks-down', 'drivers-know-no-database'],
  ],
  ['into the void', 'packages/core/src/void.ts', `import './missing.ts'`, ['everything-resolves']],
]

const fine: Case[] = [
  ['down', 'packages/core/src/ok.ts', `import '@nephos/db'`, []],
  [
    'of the API as a type, in the browser',
    'apps/web/src/features/ok.ts',
    `import type { value } from '@nephos/api/trpc'\nexport type A = typeof value`,
    [],
  ],
  [
    'of the state tables, in the browser',
    'apps/web/src/features/ok2.ts',
    `import { value } from '@nephos/core/states'\nexport const a = value`,
    [],
  ],
  [
    'of the API, in a route handler',
    'apps/web/src/app/api/trpc/route.ts',
    `import { value } from '@nephos/api/trpc'\nexport const a = value`,
    [],
  ],
]

let house: string
let broken: Map<string, string[]>

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(house, file)), { recursive: true })
  writeFileSync(join(house, file), text)
}

/** A small house with the same rooms as ours. */
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'nephos-layers-'))
  mkdirSync(join(house, 'node_modules/@nephos'), { recursive: true })
  for (const [name, exports] of Object.entries(packages)) {
    write(
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@nephos/${name}`, type: 'module', exports }),
    )
    for (const file of Object.values(exports)) write(`packages/${name}/${file}`, 'export const value = 1\n')
    symlinkSync(join(house, 'packages', name), join(house, 'node_modules/@nephos', name))
  }
  write('apps/api/src/main.ts', 'export const main = 1\n')
  for (const [, file, text] of [...refused, ...fine]) write(file, `${text}\n`)
  broken = findBroken()
}, 60_000)
afterAll(() => rmSync(house, { recursive: true }))

/** Names of the broken rules by file. */
function findBroken(): Map<string, string[]> {
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/depcruise'),
    ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'apps', 'packages'],
    { cwd: house, encoding: 'utf8' },
  )
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] }
  }
  const found = new Map<string, string[]>()
  for (const { from, rule } of summary.violations)
    found.set(from, [...new Set([...(found.get(from) ?? []), rule.name])].sort())
  return found
}

it.each(refused)('an import %s is refused', (_, file, _text, rules) => {
  expect(broken.get(file)).toEqual(rules)
})

it.each(fine)('an import %s is fine', (_, file) => {
  expect(broken.get(file)).toBeUndefined()
})

import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../src/installation.ts'

let place: string
let house: string

const write = (file: string, text: string, mode = 0o644) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
}
const lock = (version: string) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version, optional: true } },
  })

/** An installation with everything the launcher looks at, and an npm that only says that it was called. */
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'nephos launcher '))
  house = join(place, 'house')
  write(join(house, 'apps/cli/src/main.ts'), `console.log('from the sources')`)
  mkdirSync(join(house, 'packages/config/src'), { recursive: true })
  mkdirSync(join(house, 'apps/cli/launch'))
  copyFileSync(join(root, 'nephos'), join(house, 'nephos'))
  copyFileSync(join(root, 'apps/cli/launch/installed.mjs'), join(house, 'apps/cli/launch/installed.mjs'))
  utimesSync(join(house, 'apps/cli/src/main.ts'), new Date(0), new Date(0))
  write(
    join(house, 'apps/cli/dist/main.mjs'),
    `console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]))`,
  )
  write(join(house, 'package-lock.json'), lock('1.0.0'))
  write(join(house, 'node_modules/.package-lock.json'), lock('1.0.0'))
  write(join(place, 'bin/npm'), `#!/bin/sh\necho "$PWD $*" >>"${place}/npm-calls"\n`, 0o755)
  // The launcher prefers the npm beside the node that it found.
  symlinkSync(process.execPath, join(place, 'bin/node'))
})
afterEach(() => rmSync(place, { recursive: true }))

function launch(
  args: string[] = [],
  options: { path?: string; script?: string; cwd?: string } = {},
): SpawnSyncReturns<string> {
  return spawnSync(options.script ?? join(house, 'nephos'), args, {
    cwd: options.cwd ?? place,
    encoding: 'utf8',
    env: {
      HOME: place,
      PATH: options.path ?? `${join(place, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
    },
  })
}
const npmCalls = () => {
  try {
    return readFileSync(join(place, 'npm-calls'), 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

describe('handing over', () => {
  it('passes the arguments on as they are, from whatever directory', () => {
    const { stdout, status } = launch(['up', '--x', 'two words', '*'], { cwd: '/' })
    expect(JSON.parse(stdout)).toEqual(['/', 'up', '--x', 'two words', '*'])
    expect(status).toBe(0)
  })

  it('finds its house through symbolic links', () => {
    symlinkSync('house', join(place, 'link'))
    symlinkSync('../link/nephos', join(place, 'bin/nephos'))
    const { stdout } = launch(['status'], { script: join(place, 'bin/nephos') })
    expect(JSON.parse(stdout)).toEqual([place, 'status'])
  })

  it('hands the exit code back', () => {
    write(join(house, 'apps/cli/dist/main.mjs'), 'process.exit(3)')
    expect(launch().status).toBe(3)
  })

  it('runs the sources when they are newer than the bundle', () => {
    const later = new Date(Date.now() + 60_000)
    utimesSync(join(house, 'apps/cli/src/main.ts'), later, later)
    write(join(house, 'node_modules/tsx/dist/loader.mjs'), '')
    write(join(house, 'apps/cli/src/package.json'), '{"type":"module"}')
    // Any JavaScript is TypeScript; the loader itself is not under test.
    expect(launch().stderr + launch().stdout).toMatch(/from the sources|\.ts/)
  })
})

describe('npm packages', () => {
  it('are left alone when they are what the lock file says', () => {
    expect(launch().status).toBe(0)
    expect(npmCalls()).toEqual([])
  })

  it('are installed when there are none, and the lock file stays', () => {
    rmSync(join(house, 'node_modules'), { recursive: true })
    mkdirSync(join(house, 'node_modules'))
    write(
      join(place, 'bin/npm'),
      `#!/bin/sh\necho "$PWD $*" >>"${place}/npm-calls"\necho changed >>package-lock.json\n`,
      0o755,
    )
    expect(launch().status).toBe(0)
    expect(npmCalls()).toEqual([`${house} install --no-audit --no-fund --loglevel=error`])
    expect(readFileSync(join(house, 'package-lock.json'), 'utf8')).toBe(lock('1.0.0'))
    launch()
    expect(npmCalls()).toHaveLength(1)
  })

  it('are installed again when the lock file has changed', () => {
    launch()
    write(join(house, 'package-lock.json'), lock('2.0.0'))
    launch()
    expect(npmCalls()).toHaveLength(1)
  })

  it('may lack what is optional: binaries of other platforms', () => {
    write(
      join(house, 'node_modules/.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
    )
    launch()
    expect(npmCalls()).toEqual([])
  })

  it('that cannot be installed stop the start, with what npm said', () => {
    rmSync(join(house, 'node_modules/.package-lock.json'))
    write(join(place, 'bin/npm'), '#!/bin/sh\necho no network >&2\nexit 7\n', 0o755)
    const { status, stderr, stdout } = launch()
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/no network[\s\S]*npm install failed; the whole output is in/)
  })
})

describe('Node.js', () => {
  const node = (version: string) => {
    rmSync(join(place, 'bin/node'))
    write(join(place, 'bin/node'), `#!/bin/sh\necho ${version}\n`, 0o755)
  }
  const onlyFake = () => `${join(place, 'bin')}:${join(place, 'tools')}`

  /** The few tools the launcher calls, without the directory in which the real node lies. */
  beforeEach(() => {
    mkdirSync(join(place, 'tools'))
    for (const tool of ['sh', 'dirname', 'readlink', 'uname', 'cksum', 'cat', 'find'])
      symlinkSync(
        spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim(),
        join(place, 'tools', tool),
      )
  })

  // The launcher also looks at the usual places, which cannot be taken away from it here.
  const elsewhere = ['/usr/local/bin/node', '/opt/homebrew/bin/node'].some((file) => existsSync(file))
  it.skipIf(elsewhere).each(['v18.20.4', 'v20.18.3'])('%s is too old, and the remedy is named', (version) => {
    node(version)
    const { status, stderr } = launch([], { path: onlyFake() })
    expect(status).toBe(1)
    expect(stderr).toContain(`20.19 or newer is needed (found: ${version})`)
    expect(stderr).toContain('https://nodejs.org')
  })

  it.each(['v20.19.0', 'v22.1.0', 'v100.0.0'])('%s is new enough', (version) => {
    node(version)
    const { stdout, status } = launch([], { path: onlyFake() })
    expect(status).toBe(0)
    expect(stdout).toContain(version)
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configEnvironment } from './environment.ts'
import { ConfigError } from './error.ts'
import { type LoadConfigOptions, loadConfig } from './load.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nephos-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const toml = (text: string) => writeFileSync(join(cwd, 'nephos.toml'), text)
const load = (env: LoadConfigOptions['env'] = {}, overrides: LoadConfigOptions['overrides'] = {}) =>
  loadConfig({ env, cwd, overrides })
function refusal(run: () => unknown): ConfigError {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('where values come from', () => {
  it('has a default for everything, and an absolute state directory beside the launcher', () => {
    expect(load()).toMatchObject({ webPort: 3000, apiPort: 8774, home: join(cwd, '.nephos') })
  })

  it('prefers overrides to the environment to nephos.toml', () => {
    toml('web_port = 1\napi_port = 1\nzone = "toml"')
    const env = { NEPHOS_WEB_PORT: '2', NEPHOS_API_PORT: '2' }
    expect(load(env, { webPort: 3 })).toMatchObject({ webPort: 3, apiPort: 2, zone: 'toml' })
  })

  it('reads the file that NEPHOS_CONFIG names', () => {
    writeFileSync(join(cwd, 'other.toml'), 'zone = "other"')
    expect(load({ NEPHOS_CONFIG: 'other.toml' }).zone).toBe('other')
  })

  it('takes an empty variable as unset, but lets the DHCP domain be empty', () => {
    const config = load({ NEPHOS_WEB_PORT: '', DATABASE_URL: '', NEPHOS_DHCP_DOMAIN: '' })
    expect(config).toMatchObject({ webPort: 3000, dhcpDomain: '' })
    expect(config.databaseUrl).toBeUndefined()
  })

  it('resolves a relative state directory: in the file from the file, in the environment from the caller', () => {
    toml('home = "state"')
    expect(load().home).toBe(join(cwd, 'state'))
    expect(load({ NEPHOS_HOME: 'x/../y' }).home).toBe(join(cwd, 'y'))
  })

  it('reads lists of words, and an empty one as none', () => {
    const config = load({ NEPHOS_SCHEDULER_FILTERS: 'json, io-ops', NEPHOS_SCHEDULER_ISOLATED_HOSTS: 'none' })
    expect(config).toMatchObject({ schedulerFilters: ['json', 'io-ops'], schedulerIsolatedHosts: [] })
    const none = load({ NEPHOS_SCHEDULER_FILTERS: 'none' })
    expect(none.schedulerFilters).toEqual([])
    for (const each of [config, none]) expect(loadConfig({ env: configEnvironment(each), cwd })).toEqual(each)
  })

  it('is frozen', () => {
    expect(Object.isFrozen(load())).toBe(true)
  })

  it('gives a child process the same configuration, whatever lies in its directory', () => {
    const config = load({
      NEPHOS_WEB_PORT: '0',
      DATABASE_URL: 'postgresql://u:p@h/d',
      NEPHOS_DHCP_DOMAIN: '',
    })
    toml('zone = "elsewhere"')
    expect(loadConfig({ env: configEnvironment(config), cwd })).toEqual(config)
  })
})

describe('what is refused', () => {
  it.each([
    [{ NEPHOS_WEB_PORT: '70000' }, 'NEPHOS_WEB_PORT', /"70000" is refused.*free port/],
    [{ NEPHOS_WEB_PORT: 'three' }, 'NEPHOS_WEB_PORT', /"three" is refused/],
    [{ NEPHOS_WEB_PORT: '80.5' }, 'NEPHOS_WEB_PORT', /refused/],
    [{ NEPHOS_COMPUTE_DRIVER: 'vbox' }, 'NEPHOS_COMPUTE_DRIVER', /Give one of: auto, qemu, simulated/],
    [{ NEPHOS_HOST_NAME: 'Host 1' }, 'NEPHOS_HOST_NAME', /lower-case/],
    [{ NEPHOS_PUBLIC_URL: 'ftp://x' }, 'NEPHOS_PUBLIC_URL', /whole address/],
    [{ NEPHOS_CPU_ALLOCATION_RATIO: '0' }, 'NEPHOS_CPU_ALLOCATION_RATIO', /above 0/],
    [{ NEPHOS_SCHEDULER_FILTERS: 'json,magic' }, 'NEPHOS_SCHEDULER_FILTERS', /Give words of capabilities/],
    [{ NEPHOS_SCHEDULER_FILTERS: 'json, json' }, 'NEPHOS_SCHEDULER_FILTERS', /twice/],
    [{ NEPHOS_SCHEDULER_WEIGHT_RAM: 'much' }, 'NEPHOS_SCHEDULER_WEIGHT_RAM', /Give a number/],
    [{ NEPHOS_HOME: `/${'x'.repeat(81)}` }, 'NEPHOS_HOME', /80 characters/],
    [{ NEPHOS_HOME: `/${'x'.repeat(70)}`, NEPHOS_HOST_NAME: 'h'.repeat(32) }, 'NEPHOS_HOME', /too long/],
    [{ NEPHOS_WEBPORT: '1' }, 'NEPHOS_WEBPORT', /Did you mean NEPHOS_WEB_PORT\?/],
    [{ NEPHOS_CONFIG: 'missing.toml' }, 'NEPHOS_CONFIG', /cannot be read/],
  ])('%j', (env, name, message) => {
    const error = refusal(() => load(env))
    expect(error.problems.map((problem) => problem.name)).toEqual([name])
    expect(error.message).toMatch(message)
  })

  it('an unknown key of the file, with the nearest one', () => {
    toml('webport = 3')
    expect(refusal(() => load()).message).toMatch(
      /^webport \(in .*nephos\.toml\): .* Did you mean web_port\?$/,
    )
  })

  it('a file that is no TOML, with the line', () => {
    toml('zone = "a"\nweb_port = = 1')
    expect(refusal(() => load()).message).toMatch(/Line 2/)
  })

  it('everything at once, not one after the other', () => {
    const error = refusal(() => load({ NEPHOS_WEB_PORT: 'x', NEPHOS_API_PORT: 'y', NEPHOS_ZOME: 'z' }))
    expect(error.problems).toHaveLength(3)
  })

  it('a secret without showing it', () => {
    const message = refusal(() =>
      load({ NEPHOS_ADMIN_PASSWORD: 'hunter2', DATABASE_URL: 'mysql://u:hunter2@h', NATS_URL: 'hunter2' }),
    ).message
    expect(message).toMatch(/NEPHOS_ADMIN_PASSWORD/)
    expect(message).not.toMatch(/hunter2/)
  })

  it('nothing of other programs, nor of the launcher and the tests', () => {
    expect(() =>
      load({ PATH: '/bin', NEPHOS_PROCESS: 'api', NEPHOS_TEST_SLOW: '1', NEPHOS_E2E: '1' }),
    ).not.toThrow()
  })
})

import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import type { z } from 'zod'
import { ConfigError, type ConfigProblem } from './error.ts'
import { nearest } from './nearest.ts'
import { healthSocket } from './paths.ts'
import {
  camelKey,
  environmentName,
  type NephosConfig,
  type SettingKey,
  settingKeys,
  settingMeta,
  settings,
} from './schema.ts'

/** Where {@link loadConfig} looks. */
export interface LoadConfigOptions {
  /** Default: the process's. */
  env?: Readonly<Record<string, string | undefined>>
  /** Holds `nephos.toml` and, unless set otherwise, the state directory `.nephos`. Default: the working directory. */
  cwd?: string
  /** Stronger than everything else; keys in camel case. */
  overrides?: Partial<NephosConfig>
}

interface Found {
  value: unknown
  name: string
  source: string
}

/** What macOS allows; Linux allows four more. */
const longestSocketPath = 103
const environmentSource = 'the environment'
/** Variables with our prefix that are not settings: they belong to the launcher and to the tests. */
const otherVariables = /^NEPHOS_(CONFIG|PROCESS|MIGRATIONS_DIR|(TEST|E2E|BENCH)(_.*)?)$/

/**
 * Reads, checks and freezes the configuration. The environment is stronger than `nephos.toml` (in `cwd`, or the file
 * that `NEPHOS_CONFIG` names), which is stronger than the defaults.
 * @throws ConfigError naming every key that is wrong, unknown keys too, with the remedy
 */
export function loadConfig({
  env = process.env,
  cwd = process.cwd(),
  overrides = {},
}: LoadConfigOptions = {}): NephosConfig {
  const problems: ConfigProblem[] = []
  const found = new Map<SettingKey, Found>()
  readToml(env, cwd, found, problems)
  readEnvironment(env, cwd, found, problems)
  for (const key of settingKeys) {
    const value = overrides[camelKey(key)]
    if (value !== undefined) found.set(key, { value, name: camelKey(key), source: 'the caller' })
  }
  if (!found.has('home'))
    found.set('home', { value: resolve(cwd, '.nephos'), name: 'home', source: 'the default' })

  const values: Record<string, unknown> = {}
  for (const [key, { value }] of found) values[key] = value
  const parsed = settings.safeParse(values)
  if (!parsed.success) problems.push(...refusals(parsed.error, found))
  else if (healthSocket(parsed.data, `compute-${parsed.data.host_name}`).length > longestSocketPath)
    problems.push({
      name: found.get('home')!.name,
      source: found.get('home')!.source,
      problem: `${parsed.data.home} is too long for the sockets below it.`,
      remedy: 'Set NEPHOS_HOME to a directory with a shorter path.',
    })
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems)

  const result: Record<string, unknown> = {}
  for (const key of settingKeys) {
    const value = parsed.data[key]
    if (value !== undefined) result[camelKey(key)] = key === 'home' ? resolve(cwd, String(value)) : value
  }
  return Object.freeze(result) as NephosConfig
}

function readToml(
  env: NonNullable<LoadConfigOptions['env']>,
  cwd: string,
  found: Map<SettingKey, Found>,
  problems: ConfigProblem[],
): void {
  // The ignore comments are for the bundler of the dashboard: the file is no part of it.
  const file = resolve(cwd, env.NEPHOS_CONFIG || 'nephos.toml')
  if (!env.NEPHOS_CONFIG && !existsSync(/* turbopackIgnore: true */ file)) return
  let table: Record<string, unknown>
  try {
    table = parse(readFileSync(/* turbopackIgnore: true */ file, 'utf8'))
  } catch (error) {
    const [problem, remedy] =
      error instanceof TomlError
        ? [
            `Line ${error.line}, column ${error.column} is not valid TOML.`,
            'Write one `key = value` a line; text stands in quotes.',
          ]
        : ['It cannot be read.', 'Give the path of a readable TOML file, or unset NEPHOS_CONFIG.']
    problems.push({
      name: env.NEPHOS_CONFIG ? 'NEPHOS_CONFIG' : 'nephos.toml',
      source: file,
      problem,
      remedy,
    })
    return
  }
  for (const [name, value] of Object.entries(table)) {
    const key = settingKeys.find((known) => known === name)
    if (key)
      found.set(key, {
        value: key === 'home' && typeof value === 'string' ? resolve(dirname(file), value) : value,
        name,
        source: file,
      })
    else problems.push(unknown(name, file, settingKeys))
  }
}

function readEnvironment(
  env: NonNullable<LoadConfigOptions['env']>,
  cwd: string,
  found: Map<SettingKey, Found>,
  problems: ConfigProblem[],
): void {
  const byName = new Map(settingKeys.map((key) => [environmentName(key), key]))
  for (const [name, value] of Object.entries(env)) {
    const key = byName.get(name)
    if (key) {
      // A shell has no better way to say "unset"; only the DHCP domain may truly be empty.
      if (value === undefined || (value === '' && key !== 'dhcp_domain')) continue
      found.set(key, {
        value: key === 'home' ? resolve(cwd, value) : value,
        name,
        source: environmentSource,
      })
    } else if (name.startsWith('NEPHOS_') && !otherVariables.test(name))
      problems.push(unknown(name, environmentSource, [...byName.keys()]))
  }
}

function unknown(name: string, source: string, known: readonly string[]): ConfigProblem {
  const meant = nearest(name, known)
  return {
    name,
    source,
    problem: 'There is no such setting.',
    remedy: meant ? `Did you mean ${meant}?` : 'docs/configuration.md lists them all.',
  }
}

function refusals(error: z.ZodError, found: Map<SettingKey, Found>): ConfigProblem[] {
  return error.issues.map((issue) => {
    const key = String(issue.path[0]) as SettingKey
    const { name, source, value } = found.get(key) ?? { name: key, source: 'the default', value: undefined }
    const meta = settingMeta(key)
    const shown = meta.secret ? 'The value' : JSON.stringify(value)
    return {
      name,
      source,
      problem: `${shown} is refused: ${issue.message.replace(/^Invalid input: /, '')}.`,
      remedy: meta.remedy ?? choices(key),
    }
  })
}

function choices(key: SettingKey): string {
  const schema = settings.shape[key] as unknown as { unwrap?: () => { options?: string[] } }
  const options = schema.unwrap?.().options
  return options ? `Give one of: ${options.join(', ')}.` : 'See docs/configuration.md.'
}

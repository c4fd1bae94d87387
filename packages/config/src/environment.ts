import { camelKey, environmentName, type NephosConfig, settingKeys } from './schema.ts'

/**
 * The configuration as environment variables for a child process: what the child loads equals `config`, whatever
 * `nephos.toml` lies in its working directory.
 */
export function configEnvironment(config: NephosConfig): Record<string, string> {
  const env: Record<string, string> = { NEPHOS_CONFIG: '/dev/null' }
  for (const key of settingKeys) {
    const value = config[camelKey(key)]
    if (value === undefined) continue
    // An empty variable counts as unset.
    env[environmentName(key)] = Array.isArray(value) && value.length === 0 ? 'none' : String(value)
  }
  return env
}

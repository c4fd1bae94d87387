import { configEnvironment, type NephosConfig } from '@nephos/config'

const passed = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS']

/** The little that every program needs of the surrounding environment, and none of its secrets. */
export function baseEnvironment(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of passed) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  // A PATH that came from a plain user's shell lacks where Debian keeps nft, ip and dnsmasq.
  env.PATH = [...new Set([...(env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'])].join(':')
  return env
}

/** The environment of one of Nephos's own processes: the resolved configuration without the first administrator's password. */
export function processEnvironment(config: NephosConfig, name: string): Record<string, string> {
  const { NEPHOS_ADMIN_PASSWORD: _, ...settings } = configEnvironment(config)
  return { ...baseEnvironment(), NODE_ENV: 'production', ...settings, NEPHOS_PROCESS: name }
}

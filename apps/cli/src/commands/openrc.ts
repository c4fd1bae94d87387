import { statePaths } from '@nephos/config'
import { urlOf } from '../cloud/processes.ts'
import { loadOwnConfig } from '../installation.ts'
import { readCloudFile } from '../supervisor/cloud-file.ts'

/** `'` is the one character that single quotes cannot hold. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** `eval "$(./nephos openrc)"`: what OpenStack clients read. The password stays in its file until the shell reads it. */
export function openrc(project = 'admin'): void {
  const config = loadOwnConfig()
  const apiUrl = readCloudFile(config)?.apiUrl ?? urlOf(config, config.apiPort)
  const exports: [string, string][] = [
    ['OS_AUTH_URL', quote(`${apiUrl}/identity/v3`)],
    ['OS_IDENTITY_API_VERSION', '3'],
    ['OS_USERNAME', 'admin'],
    ['OS_PASSWORD', `"$(cat ${quote(statePaths(config).adminPasswordFile)})"`],
    ['OS_PROJECT_NAME', quote(project)],
    ['OS_USER_DOMAIN_NAME', 'Default'],
    ['OS_PROJECT_DOMAIN_NAME', 'Default'],
    ['OS_REGION_NAME', 'RegionOne'],
    ['OS_INTERFACE', 'public'],
  ]
  for (const [name, value] of exports) process.stdout.write(`export ${name}=${value}\n`)
}

import pc from 'picocolors'
import type { CloudFile } from '../supervisor/cloud-file.ts'

/** What a person needs to know once the cloud is up. `password` is shown only the first time, on a terminal. */
export function summary(cloud: CloudFile, password?: string): string {
  const access: [string, string][] = [
    ['Dashboard', pc.bold(cloud.webUrl)],
    ['API', cloud.apiUrl],
    ['User', cloud.adminUser],
    [
      'Password',
      password ? `${password}   (kept in ${cloud.adminPasswordFile})` : `in ${cloud.adminPasswordFile}`,
    ],
  ]
  const rows: [string, string][] = [
    ...(cloud.memberOf
      ? ([['Host', `${cloud.hostName} of ${cloud.memberOf}`]] as [string, string][])
      : access),
    ...drivers(cloud),
    ...hosts(cloud),
  ]
  const unlock = [...(cloud.drivers?.compute.unlock ?? []), ...(cloud.drivers?.network.unlock ?? [])]
  return [
    '',
    ...rows.map(([label, text]) => `  ${label.padEnd(10)} ${text}`),
    ...(cloud.simulated
      ? ['', pc.yellow('  The instances of this cloud are simulated: they do not really run.')]
      : []),
    ...(unlock.length > 0
      ? ['', '  More is possible:', ...[...new Set(unlock)].map((hint) => `  · ${hint}`)]
      : []),
    '',
  ].join('\n')
}

function hosts({ hosts, simulated }: CloudFile): [string, string][] {
  if (hosts.length < 2) return []
  const share = simulated ? '' : `; each has 1/${hosts.length} of this machine`
  return [['Hosts', `${hosts.join(', ')}${share}`]]
}

function drivers({ drivers }: CloudFile): [string, string][] {
  if (!drivers) return []
  const { compute, network } = drivers
  const why = (reasons: string[]) => (reasons.length > 0 ? `: ${reasons.join(' ')}` : '')
  const machine = compute.driver === 'qemu' ? `QEMU with ${compute.accelerator?.toUpperCase()}` : 'simulated'
  return [
    ['Compute', `${machine}${why(compute.reasons)}`],
    ['Network', `${network.driver === 'linux' ? 'Linux bridges' : 'simulated'}${why(network.reasons)}`],
  ]
}

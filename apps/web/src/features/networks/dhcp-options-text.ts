/** Options that people ask for most, in words. */
export const usualOptions: readonly { name: string; label: string; hint: string; example: string }[] = [
  {
    name: 'ntp-server',
    label: 'Time servers',
    hint: 'Addresses, with commas between them.',
    example: '192.0.2.1',
  },
  {
    name: 'dns-server',
    label: 'DNS servers',
    hint: 'In place of those of the subnet.',
    example: '192.0.2.53',
  },
  {
    name: 'domain-name',
    label: 'Domain',
    hint: 'In place of that of the network.',
    example: 'cloud.example',
  },
  {
    name: 'domain-search',
    label: 'Domains to search',
    hint: 'With commas between them.',
    example: 'cloud.example,example',
  },
  { name: 'mtu', label: 'MTU', hint: 'Bytes of the largest packet.', example: '1400' },
  {
    name: 'bootfile-name',
    label: 'Boot file',
    hint: 'What it boots over the network.',
    example: 'pxelinux.0',
  },
  {
    name: 'tftp-server',
    label: 'Boot server, by name',
    hint: 'Where the boot file is.',
    example: 'boot.example',
  },
  {
    name: 'server-ip-address',
    label: 'Boot server, by address',
    hint: 'Where the boot file is.',
    example: '192.0.2.10',
  },
  {
    name: 'tzdb-timezone',
    label: 'Time zone',
    hint: 'A name of the time zone database.',
    example: 'Asia/Tokyo',
  },
  {
    name: 'log-server',
    label: 'Log servers',
    hint: 'Addresses, with commas between them.',
    example: '192.0.2.2',
  },
  {
    name: 'root-path',
    label: 'Root path',
    hint: 'Of a disk on the network.',
    example: 'iscsi:192.0.2.5::::target',
  },
]

/** An option as it is entered; `name` is `other` where `number` says it. */
export interface OptionDraft {
  key: number
  name: string
  number: string
  value: string
}

/** In place of a name: one that is typed. */
export const otherOption = 'other'

/** What a port has, as it would be entered. */
export const draftOfOptions = (options: readonly { name: string; value: string }[]): OptionDraft[] =>
  options.map(({ name, value }, key) =>
    usualOptions.some((one) => one.name === name)
      ? { key, name, number: '', value }
      : { key, name: otherOption, number: name, value },
  )

/** What was entered, for the API; `problem` says what is missing. */
export function optionsInput(drafts: readonly OptionDraft[]): {
  options: { name: string; value: string }[]
  problem: string | null
} {
  const options = drafts.map(({ name, number, value }) => ({
    name: name === otherOption ? number.trim() : name,
    value: value.trim(),
  }))
  const problem = options.some(({ name }) => name === '')
    ? 'Say which option it is.'
    : options.some(({ value }) => value === '')
      ? 'Give every option a value, or remove it.'
      : null
  return { options, problem }
}

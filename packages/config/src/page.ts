import { z } from 'zod'
import { environmentName, type SettingKey, settingKeys, settingMeta, settings } from './schema.ts'

const json = z.toJSONSchema(settings, { io: 'output', unrepresentable: 'any' }).properties as Record<
  string,
  { type?: string; enum?: string[]; default?: unknown; minimum?: number; maximum?: number }
>

function values(key: SettingKey): string {
  const { type, enum: choices, minimum, maximum } = json[key] ?? {}
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ')
  if (type === 'array') return 'words, separated by commas'
  if (type !== 'integer' && type !== 'number') return 'text'
  const whole = type === 'integer' ? 'whole number' : 'number'
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) return `${whole}, ${minimum} to ${maximum}`
  return minimum === undefined ? `${whole} above 0` : `${whole}, at least ${minimum}`
}

function row(key: SettingKey): string {
  const { description, secret } = settingMeta(key)
  const preset = json[key]?.default
  const standard =
    Array.isArray(preset) && preset.length === 0
      ? '`none`'
      : preset === undefined
        ? key === 'home'
          ? '`.nephos`'
          : 'unset'
        : `\`${preset}\``
  const text = secret ? `${description} Secret: never printed or logged.` : description
  return `| \`${environmentName(key)}\` | \`${key}\` | ${values(key)} | ${standard} | ${text} |`
}

/** The page docs/configuration.md, made from the schema. */
export function configurationPage(): string {
  const groups = [...new Set(settingKeys.map((key) => settingMeta(key).group))]
  const sections = groups.map((group) =>
    [
      `## ${group}`,
      '',
      '| Environment | `nephos.toml` | Value | Default | Meaning |',
      '|---|---|---|---|---|',
      ...settingKeys.filter((key) => settingMeta(key).group === group).map(row),
    ].join('\n'),
  )
  return `# Configuration

<!-- Written from packages/config/src/schema.ts by \`npm run docs -w @nephos/config\`; a test fails when they differ. -->

Nephos needs no configuration. What can be set is read once, at start, in this order: the environment, then
\`nephos.toml\` beside the launcher (or the file that \`NEPHOS_CONFIG\` names), then the default. A value that is
refused, or a name that does not exist, stops the start with the name and the remedy.

\`\`\`toml
# nephos.toml
web_port = 8080
compute_driver = "qemu"
\`\`\`

Two clouds run side by side when each has its own \`NEPHOS_HOME\` and its own ports:

\`\`\`sh
NEPHOS_HOME=/srv/second NEPHOS_WEB_PORT=0 NEPHOS_API_PORT=0 ./nephos up --detach
\`\`\`

${sections.join('\n\n')}
`
}

import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)
const seconds = z.coerce.number().int().positive()

/** Every setting there is, by its key in `nephos.toml`; the environment's name is `NEPHOS_` and the key in capitals. */
export const settings = z.object({
  /** Directory of all state. */
  home: z.string().min(1),
  /** Port of the dashboard; 0 picks a free one. */
  web_port: port.default(3000),
  /** Port of the HTTP API; 0 picks a free one. */
  api_port: port.default(8774),
  /** Address the dashboard and the API listen on. */
  bind: z.string().default('127.0.0.1'),
  /** Address of the dashboard as browsers see it, when a proxy stands in front. */
  public_url: z.url().optional(),
  /** Password of the first administrator; generated when unset. */
  admin_password: z.string().min(8).max(512).optional(),
  /** `DATABASE_URL`: an existing PostgreSQL in place of the embedded one. */
  database_url: z.string().optional(),
  /** `NATS_URL`: an existing NATS server with JetStream in place of the embedded one. */
  nats_url: z.string().optional(),
  /** Name of this host in the cloud. */
  host_name: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'must be a host name: lower-case letters, digits and hyphens',
    )
    .default('host1'),
  zone: z.string().min(1).max(64).default('nova'),
  compute_driver: z.enum(['auto', 'qemu', 'simulated']).default('auto'),
  network_driver: z.enum(['auto', 'linux', 'simulated']).default('auto'),
  /** Accelerator of QEMU; auto uses KVM only after a guest has really booted with it. */
  accelerator: z.enum(['auto', 'kvm', 'tcg']).default('auto'),
  /** User that QEMU runs as when Nephos is root. */
  qemu_user: z.string().default('nephos-qemu'),
  cpu_allocation_ratio: z.coerce.number().positive().default(4),
  ram_allocation_ratio: z.coerce.number().positive().default(1),
  disk_allocation_ratio: z.coerce.number().positive().default(1),
  reserved_host_memory_mb: z.coerce.number().int().min(0).default(512),
  /** Largest image, in bytes. */
  image_size_cap: z.coerce.number().int().positive().default(1_099_511_627_776),
  /** Bytes kept of an instance's serial log. */
  console_log_bytes: z.coerce.number().int().min(65_536).default(1_048_576),
  /** How long a guest may take to power off before it is forced. */
  shutdown_timeout: seconds.default(60),
  /** Domain of the names that guests get; empty for none. */
  dhcp_domain: z.string().default('novalocal'),
  /** Seconds without a click until a browser session ends. */
  session_idle: seconds.default(3_600),
  /** Seconds until a browser session ends in any case. */
  session_lifetime: seconds.default(43_200),
  /** Seconds without a heartbeat until a service counts as down. */
  service_down_time: seconds.default(60),
  log_level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
})

type Snake<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Snake<Tail>>}`
  : Text
type Settings = z.output<typeof settings>

/** The validated configuration: each key of {@link settings} in camel case. */
export type NephosConfig = { [Key in keyof Settings as Snake<Key>]: Settings[Key] }

import { z } from 'zod'
import { parseImageStore } from './image-stores.ts'
import { defaultSchedulerFilters, schedulerFilters, schedulerWeights } from './scheduler.ts'

/** Environment and TOML give text or numbers; text that is no number is left for zod to refuse. */
const numeric = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (value) =>
      typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
        ? Number(value)
        : value,
    schema,
  )
const integer = (min: number, max = Number.MAX_SAFE_INTEGER) => numeric(z.number().int().min(min).max(max))
const port = integer(0, 65_535)
const seconds = integer(1)
/** The environment has text. */
const flag = z.union([z.boolean(), z.stringbool()])
const ratio = numeric(z.number().positive())
const multiplier = (preset: number) => numeric(z.number().min(-1e9).max(1e9)).default(preset)

/** Words separated by commas; `none` is an empty list, because an empty variable counts as unset. */
const list = <Word extends z.ZodType>(word: Word) =>
  z.preprocess(
    (value) =>
      typeof value !== 'string'
        ? value
        : value.trim() === 'none'
          ? []
          : value.split(',').map((part) => part.trim()),
    z.array(word).refine((words) => new Set(words).size === words.length, 'a word stands there twice'),
  )

/** What is known about a setting beside its type; the page docs/configuration.md is written from it. */
export interface SettingMeta {
  /** One or two sentences for people. */
  description: string
  /** Heading under which the page lists it. */
  group:
    | 'Basics'
    | 'Servers'
    | 'Host and drivers'
    | 'Capacity'
    | 'Scheduler'
    | 'Guests and images'
    | 'Sessions and services'
  /** What to write, when a value was refused. */
  remedy?: string
  /** Never shown: not in errors, not in logs. */
  secret?: boolean
}

const about = <Schema extends z.ZodType>(schema: Schema, meta: SettingMeta): Schema =>
  schema.meta({ ...meta }) as Schema

/**
 * Every setting there is, by its key in `nephos.toml`; the environment's name is `NEPHOS_` and the key in capitals
 * (`DATABASE_URL` and `NATS_URL` go without the prefix).
 */
export const settings = z.object({
  home: about(z.string().min(1).max(80), {
    group: 'Basics',
    description:
      'Directory of all state. The default is `.nephos` beside the launcher. A second directory is a second cloud.',
    remedy: 'Give a directory whose path has at most 80 characters (sockets live below it).',
  }),
  web_port: about(port.default(3000), {
    group: 'Basics',
    description: 'Port of the dashboard; 0 picks a free one.',
    remedy: 'Give a free port from 1 to 65535, or 0.',
  }),
  api_port: about(port.default(8774), {
    group: 'Basics',
    description: 'Port of the HTTP API; 0 picks a free one.',
    remedy: 'Give a free port from 1 to 65535, or 0.',
  }),
  bind: about(z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'), {
    group: 'Basics',
    description: 'Address the dashboard and the API listen on. Use `0.0.0.0` only behind TLS or in a lab.',
    remedy: 'Give an IP address of this machine, for example 127.0.0.1.',
  }),
  public_url: about(z.url({ protocol: /^https?$/ }).optional(), {
    group: 'Basics',
    description: 'Address of the dashboard as browsers see it, when a proxy stands in front.',
    remedy: 'Give a whole address, for example https://cloud.example.org.',
  }),
  admin_password: about(z.string().min(8).max(512).optional(), {
    group: 'Basics',
    description:
      'Password of the user `admin`, taken at the first start. Generated when unset, and kept in `<home>/admin-password`.',
    remedy: 'Give 8 to 512 characters.',
    secret: true,
  }),
  log_level: about(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'), {
    group: 'Basics',
    description: 'How much the processes write to `<home>/log`.',
  }),
  otlp_endpoint: about(z.url({ protocol: /^https?$/ }).optional(), {
    group: 'Basics',
    description:
      'OpenTelemetry collector (OTLP over HTTP) that traces are sent to: every verb, job and step. Unset: none are made.',
    remedy: 'Give an address such as http://127.0.0.1:4318.',
  }),
  database_url: about(
    z
      .string()
      .regex(/^postgres(ql)?:\/\/[^\s]+$/, 'must start with postgresql://')
      .optional(),
    {
      group: 'Servers',
      description: 'An existing PostgreSQL in place of the embedded one.',
      remedy: 'Give postgresql://user:password@host:5432/database, or unset it for the embedded server.',
      secret: true,
    },
  ),
  nats_url: about(
    z
      .string()
      .regex(/^(nats|tls):\/\/[^\s]+$/, 'must start with nats:// or tls://')
      .optional(),
    {
      group: 'Servers',
      description: 'An existing NATS server (2.9 or newer) with JetStream in place of the embedded one.',
      remedy: 'Give nats://user:password@host:4222, or unset it for the embedded server.',
      secret: true,
    },
  ),
  control_url: about(z.url({ protocol: /^https?$/ }).optional(), {
    group: 'Servers',
    description:
      'API of the cloud that this machine is a host of, where the files of images are. `./nephos host join` sets it.',
    remedy: 'Give a whole address, for example http://192.168.1.10:8774.',
  }),
  host_secret: about(z.string().min(16).optional(), {
    group: 'Servers',
    description: 'Secret with which a host on another machine asks for files. `./nephos host join` sets it.',
    remedy: 'Join again: `./nephos host join`.',
    secret: true,
  }),
  servers_bind: about(z.ipv4().default('127.0.0.1'), {
    group: 'Servers',
    description:
      'Address on which the embedded PostgreSQL and NATS listen, besides the loopback, for hosts on other machines. What travels there is not encrypted: see `trusted_network`.',
    remedy: 'Give an IPv4 address of this machine, for example 192.168.1.10, or 0.0.0.0 for all of them.',
  }),
  trusted_network: about(z.enum(['no', 'yes']).default('no'), {
    group: 'Servers',
    description:
      '`yes`: the network between the machines belongs to the cloud alone (its own VLAN or cable, WireGuard, IPsec). Without it nothing listens on `servers_bind` beyond the loopback, and no host is reached by `underlay_ip`.',
  }),
  database_port: about(port.default(0), {
    group: 'Servers',
    description:
      'Port of the embedded PostgreSQL; 0 picks a free one, or 5432 once it listens for other machines.',
    remedy: 'Give a free port from 1 to 65535, or 0.',
  }),
  nats_port: about(port.default(0), {
    group: 'Servers',
    description: 'Port of the embedded NATS; 0 picks a free one, or 4222 once it listens for other machines.',
    remedy: 'Give a free port from 1 to 65535, or 0.',
  }),
  host_name: about(
    z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens')
      .default('host1'),
    {
      group: 'Host and drivers',
      description: 'Name of this host in the cloud.',
      remedy: 'Give up to 32 lower-case letters, digits and hyphens, for example host1.',
    },
  ),
  zone: about(z.string().trim().min(1).max(64).default('nova'), {
    group: 'Host and drivers',
    description: 'Availability zone of this host.',
    remedy: 'Give a name of 1 to 64 characters.',
  }),
  hosts: about(integer(1, 32).optional(), {
    group: 'Host and drivers',
    description:
      'Hosts that `up` starts on this machine, each with its own state, namespace and workers: a lab for moves, placement and the overlay. The machine is divided among them. Unset: as many as last time, one at first.',
    remedy: 'Give a whole number from 1 to 32.',
  }),
  underlay_cidr: about(
    z
      .string()
      .regex(/^(\d{1,3}\.){3}0\/24$/, 'must be a network of 256 addresses such as 10.255.7.0/24')
      .optional(),
    {
      group: 'Host and drivers',
      description:
        'Range of the network between the hosts of a lab. Only their namespaces ever see it. Unset: `10.255.x.0/24`, x made from the state directory.',
      remedy: 'Give a private range ending in .0/24, for example 10.255.7.0/24.',
    },
  ),
  underlay_ip: about(z.ipv4().optional(), {
    group: 'Host and drivers',
    description:
      'Address of this machine by which hosts on other machines reach it: networks that several hosts use travel there (VXLAN). Unset: this host stands alone, or is part of a lab.',
    remedy: 'Give an IPv4 address of this machine, for example 192.168.1.10.',
  }),
  underlay_port: about(integer(1, 65_535).default(4789), {
    group: 'Host and drivers',
    description: 'UDP port of the overlay between hosts, the same on all of them.',
    remedy: 'Give a port from 1 to 65535; 4789 is what VXLAN has.',
  }),
  external_door: about(z.enum(['auto', 'off']).default('auto'), {
    group: 'Host and drivers',
    description:
      'Whether this machine is a neighbour on external networks, with the gateway address of their subnets, so that floating IPs are reached from it. `auto`: the machine that runs the control plane is, where networks are real and its addresses do not overlap. `off`: never.',
  }),
  external_interfaces: about(
    list(
      z.string().regex(/^[A-Za-z0-9._-]{1,64}=[A-Za-z0-9._-]{1,15}$/, 'must be physical-network=interface'),
    )
      .default([])
      .refine(
        (pairs) => new Set(pairs.map((pair) => pair.split('=')[0])).size === pairs.length,
        'a physical network stands there twice',
      ),
    {
      group: 'Host and drivers',
      description:
        'Interfaces of this machine that are on physical networks, as `physical-network=interface`, separated by commas: networks made with that physical network reach it here, in place of `external_door`.',
      remedy: 'Give pairs such as campus=eth1, separated by commas, or none.',
    },
  ),
  external_masquerade: about(flag.default(false), {
    group: 'Host and drivers',
    description:
      "Whether what external networks send beyond this machine leaves under the machine's own address. The machine must forward (`net.ipv4.ip_forward`); Nephos does not switch that on.",
    remedy: 'Give true or false.',
  }),
  instances_directory: about(
    z
      .string()
      .regex(/^\/[^\0]{0,200}$/, 'must be an absolute path')
      .optional(),
    {
      group: 'Host and drivers',
      description:
        'Directory for the disks of instances made from now on. On storage that several hosts have (NFS, a cluster file system) instances move between them without their disks being copied, and an evacuated instance keeps what is on them. Hosts of a lab all use the same one. Unset: each host keeps disks in its own state directory.',
      remedy: 'Give an absolute path, for example /srv/nephos/instances.',
    },
  ),
  compute_driver: about(z.enum(['auto', 'qemu', 'simulated']).default('auto'), {
    group: 'Host and drivers',
    description: 'What runs the instances. `auto` takes QEMU when it truly works here.',
  }),
  network_driver: about(z.enum(['auto', 'linux', 'simulated']).default('auto'), {
    group: 'Host and drivers',
    description: 'What carries the networks. `auto` takes Linux bridges when they truly work here.',
  }),
  volume_backends: about(
    list(z.enum(['auto', 'local', 'iscsi', 'nbd', 'aoe', 'simulated'])).default(['auto']),
    {
      group: 'Host and drivers',
      description:
        'What keeps volumes on this host, separated by commas. `auto` takes what truly works here: `local`, `iscsi` where tgt works, `nbd` where qemu-storage-daemon works, or `simulated` where instances are. `none`: this host keeps no volumes.',
      remedy: 'Give one or several of auto, local, iscsi, nbd, aoe and simulated, or none.',
    },
  ),
  seal_key: about(
    z
      .string()
      .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 bytes in base64')
      .optional(),
    {
      group: 'Servers',
      description:
        'Key with which secrets of volumes and stores are encrypted in the database, 32 bytes in base64. Generated when unset, and kept in `<home>/secrets/seal-key`. Machines that hand encrypted volumes over to each other need the same one.',
      remedy: 'Make one with `openssl rand -base64 32`, and keep it: without it what is sealed is lost.',
      secret: true,
    },
  ),
  accelerator: about(z.enum(['auto', 'kvm', 'tcg']).default('auto'), {
    group: 'Host and drivers',
    description: 'Accelerator of QEMU. `auto` uses KVM only after a guest has really booted with it.',
  }),
  qemu_user: about(
    z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be a user name')
      .default('nephos-qemu'),
    {
      group: 'Host and drivers',
      description: 'System user that QEMU runs as when Nephos is root; created when missing.',
      remedy: 'Give the name of an unprivileged user.',
    },
  ),
  volume_user: about(
    z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be a user name')
      .default('nephos-volume'),
    {
      group: 'Host and drivers',
      description:
        'System user that volumes belong to and that their servers run as when Nephos is root; created when missing.',
      remedy: 'Give the name of an unprivileged user, another one than `qemu_user`.',
    },
  ),
  volumes_directory: about(
    z
      .string()
      .regex(/^\/[^\0]{0,200}$/, 'must be an absolute path')
      .optional(),
    {
      group: 'Host and drivers',
      description:
        'Directory in which hosts keep volumes, each below its own name. Unset: each host keeps them in its own state directory.',
      remedy: 'Give an absolute path, for example /srv/nephos/volumes.',
    },
  ),
  volume_iscsi_port: about(integer(1, 65_535).default(3260), {
    group: 'Host and drivers',
    description: 'TCP port of the iSCSI targets of this host, in the namespace of its guests.',
    remedy: 'Give a port from 1 to 65535; 3260 is what iSCSI has.',
  }),
  volume_aoe_interface: about(
    z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,15}$/, 'must be the name of an interface')
      .optional(),
    {
      group: 'Host and drivers',
      description:
        'Interface of this machine on the Ethernet that volumes of the back end `aoe` are served on. AoE knows no passwords: whoever is on that Ethernet reaches them.',
      remedy: 'Give the name of an interface, for example eth1.',
    },
  ),
  cpu_allocation_ratio: about(ratio.default(4), {
    group: 'Capacity',
    description: 'Virtual CPUs handed out per CPU of the host.',
    remedy: 'Give a number above 0.',
  }),
  ram_allocation_ratio: about(ratio.default(1), {
    group: 'Capacity',
    description: 'Memory handed out per memory of the host.',
    remedy: 'Give a number above 0.',
  }),
  disk_allocation_ratio: about(ratio.default(1), {
    group: 'Capacity',
    description: 'Disk handed out per disk of the host.',
    remedy: 'Give a number above 0.',
  }),
  reserved_host_memory_mb: about(integer(0).default(512), {
    group: 'Capacity',
    description: 'Memory in MiB that is kept for the host itself.',
    remedy: 'Give a whole number of MiB, 0 or more.',
  }),
  simulated_vcpus: about(integer(1).default(10_000), {
    group: 'Capacity',
    description: 'CPUs that a host with the `simulated` compute driver claims to have.',
    remedy: 'Give a whole number above 0.',
  }),
  simulated_ram_mib: about(integer(1).default(20_000_000), {
    group: 'Capacity',
    description: 'Memory in MiB that a host with the `simulated` compute driver claims to have.',
    remedy: 'Give a whole number of MiB above 0.',
  }),
  simulated_disk_gib: about(integer(1).default(500_000), {
    group: 'Capacity',
    description: 'Disk in GiB that a host with the `simulated` compute driver claims to have.',
    remedy: 'Give a whole number of GiB above 0.',
  }),
  scheduler_filters: about(list(z.enum(schedulerFilters)).default(defaultSchedulerFilters), {
    group: 'Scheduler',
    description:
      'Questions that a host has to pass, in the order in which they are shown, separated by commas; `none` for none of them. Always asked: compute service, zone, vCPUs, memory, disk, server groups.',
    remedy: `Give words of ${schedulerFilters.join(', ')}, or none.`,
  }),
  scheduler_weight_ram: about(multiplier(schedulerWeights.ram), {
    group: 'Scheduler',
    description:
      'Choice of a host: how much more free memory counts. `ram_weight_multiplier` of an aggregate is stronger.',
    remedy: 'Give a number; 0 leaves it out of account.',
  }),
  scheduler_weight_cpu: about(multiplier(schedulerWeights.cpu), {
    group: 'Scheduler',
    description:
      'Choice of a host: how much more free vCPUs count. `cpu_weight_multiplier` of an aggregate is stronger.',
    remedy: 'Give a number; 0 leaves it out of account.',
  }),
  scheduler_weight_disk: about(multiplier(schedulerWeights.disk), {
    group: 'Scheduler',
    description:
      'Choice of a host: how much more free disk counts. `disk_weight_multiplier` of an aggregate is stronger.',
    remedy: 'Give a number; 0 leaves it out of account.',
  }),
  scheduler_weight_io_ops: about(multiplier(schedulerWeights['io-ops']), {
    group: 'Scheduler',
    description:
      'Choice of a host: how much instances being built or moved there count; below zero, hosts with fewer are preferred. `io_ops_weight_multiplier` of an aggregate is stronger.',
    remedy: 'Give a number; 0 leaves it out of account.',
  }),
  scheduler_weight_soft_affinity: about(multiplier(schedulerWeights['soft-affinity']), {
    group: 'Scheduler',
    description:
      'Choice of a host: how much members of a soft-affinity group count. `soft_affinity_weight_multiplier` of an aggregate is stronger.',
    remedy: 'Give a number; 0 leaves it out of account.',
  }),
  scheduler_weight_soft_anti_affinity: about(multiplier(schedulerWeights['soft-anti-affinity']), {
    group: 'Scheduler',
    description:
      'Choice of a host: how much the absence of members of a soft-anti-affinity group counts. `soft_anti_affinity_weight_multiplier` of an aggregate is stronger.',
    remedy: 'Give a number; 0 leaves it out of account.',
  }),
  scheduler_weight_build_failures: about(multiplier(schedulerWeights['build-failures']), {
    group: 'Scheduler',
    description:
      'Choice of a host: how much builds that failed there count. `build_failure_weight_multiplier` of an aggregate is stronger.',
    remedy: 'Give a number; 0 leaves it out of account.',
  }),
  scheduler_weight_num_instances: about(multiplier(schedulerWeights['num-instances']), {
    group: 'Scheduler',
    description:
      'Choice of a host: how much the number of instances counts; 0: not at all. `num_instances_weight_multiplier` of an aggregate is stronger.',
    remedy: 'Give a number; 0 leaves it out of account.',
  }),
  scheduler_host_subset_size: about(integer(1, 1000).default(1), {
    group: 'Scheduler',
    description:
      'One of this many best hosts is taken at random. More than 1 lets many schedulers meet less often.',
    remedy: 'Give a whole number from 1 to 1000.',
  }),
  scheduler_max_attempts: about(integer(1, 10).default(3), {
    group: 'Scheduler',
    description: 'Hosts that a build is tried on before the instance is in ERROR.',
    remedy: 'Give a whole number from 1 to 10.',
  }),
  scheduler_max_instances_per_host: about(integer(1).default(50), {
    group: 'Scheduler',
    description:
      'Most instances on a host, for the filter `num-instances`. `max_instances_per_host` of an aggregate is stronger.',
    remedy: 'Give a whole number above 0.',
  }),
  scheduler_max_io_ops_per_host: about(integer(1).default(8), {
    group: 'Scheduler',
    description:
      'Most instances being built or moved on a host, for the filter `io-ops`. `max_io_ops_per_host` of an aggregate is stronger.',
    remedy: 'Give a whole number above 0.',
  }),
  scheduler_isolated_hosts: about(list(z.string().min(1)).default([]), {
    group: 'Scheduler',
    description: 'Names of hosts that run isolated images and nothing else, separated by commas.',
    remedy: 'Give names of hosts separated by commas, or none.',
  }),
  scheduler_isolated_images: about(list(z.string().min(1)).default([]), {
    group: 'Scheduler',
    description: 'Ids of images that run on isolated hosts only, separated by commas.',
    remedy: 'Give ids of images separated by commas, or none.',
  }),
  image_size_cap: about(integer(1).default(1_099_511_627_776), {
    group: 'Guests and images',
    description: 'Largest image that may be uploaded, in bytes.',
    remedy: 'Give a whole number of bytes above 0.',
  }),
  image_stores: about(
    list(
      z.string().superRefine((word, refusal) => {
        try {
          parseImageStore(word, '/')
        } catch (error) {
          refusal.addIssue({ code: 'custom', message: (error as Error).message })
        }
      }),
    )
      .default(['file'])
      .refine((words) => words.length > 0, 'there must be one at least')
      .refine(
        (words) => new Set(words.map((word) => word.split('=')[0])).size === words.length,
        'a store stands there twice',
      ),
    {
      group: 'Guests and images',
      description:
        'Stores of images as `name=address`, separated by commas; new images go to the first. `file` alone is `<home>/images`. docs/images.md has the form of addresses.',
      remedy: 'See docs/images.md, for example file, s3=s3+https://KEY:SECRET@s3.example.org/bucket.',
      secret: true,
    },
  ),
  backup_store: about(z.string().default(''), {
    group: 'Guests and images',
    description:
      'Name of the store, one of `image_stores`, that backups of volumes go to; empty: the first of them.',
    remedy: 'Give the name of a store that stands in image_stores, or nothing.',
  }),
  image_import_ports: about(list(integer(1, 65_535)).default([80, 443]), {
    group: 'Guests and images',
    description: 'Ports that images may be imported from by URL, separated by commas.',
    remedy: 'Give ports separated by commas, for example 80, 443.',
  }),
  image_import_networks: about(list(z.union([z.cidrv4(), z.cidrv6()])).default([]), {
    group: 'Guests and images',
    description:
      'Private networks that images may be imported from by URL, separated by commas. Without any, only public addresses are asked.',
    remedy: 'Give networks such as 192.168.7.0/24, separated by commas, or none.',
  }),
  image_cache_gib: about(integer(0).default(0), {
    group: 'Guests and images',
    description:
      'Most GiB that a host keeps of images that nothing there uses; 0: as much as there is room for. The ones not used for longest go first.',
    remedy: 'Give a whole number of GiB, 0 or more.',
  }),
  console_log_bytes: about(integer(65_536).default(1_048_576), {
    group: 'Guests and images',
    description: "Bytes kept of an instance's serial log.",
    remedy: 'Give at least 65536.',
  }),
  shutdown_timeout: about(seconds.default(60), {
    group: 'Guests and images',
    description: 'Seconds a guest may take to power off before it is forced.',
    remedy: 'Give a whole number of seconds above 0.',
  }),
  reclaim_instance_interval: about(integer(0).default(0), {
    group: 'Guests and images',
    description:
      'Seconds that a deleted instance stays in the bin, from where it can be restored; 0: instances are deleted at once.',
    remedy: 'Give a whole number of seconds, 0 or more.',
  }),
  shelved_offload_time: about(integer(-1).default(0), {
    group: 'Guests and images',
    description:
      'Seconds until a shelved instance leaves its host; 0 for at once, -1 for only when an administrator says so.',
    remedy: 'Give a whole number of seconds, 0 or -1.',
  }),
  dhcp_domain: about(
    z
      .string()
      .regex(/^([a-z0-9-]+(\.[a-z0-9-]+)*)?$/i, 'must be a domain name')
      .default('novalocal'),
    {
      group: 'Guests and images',
      description: 'Domain of the names that guests get; empty for none.',
      remedy: 'Give a domain name, for example cloud.internal, or nothing.',
    },
  ),
  dns_forwarders: about(list(z.union([z.ipv4(), z.ipv6()])).default([]), {
    group: 'Guests and images',
    description:
      'Name servers that the DNS of networks asks for what it does not know, through the routers of the networks, separated by commas. Without any it answers for the names of instances only.',
    remedy: 'Give addresses such as 192.0.2.53, separated by commas, or none.',
  }),
  allow_resize_to_same_host: about(flag.default(true), {
    group: 'Capacity',
    description:
      'Whether a resize may end on the host where the instance is. A cloud of one host cannot resize otherwise.',
    remedy: 'Give true or false.',
  }),
  resize_confirm_window: about(integer(0).default(0), {
    group: 'Guests and images',
    description:
      'Seconds until a resize or migration that nobody confirmed or reverted is confirmed by itself; 0 for never.',
    remedy: 'Give a whole number of seconds, 0 or more.',
  }),
  live_migration_bandwidth: about(integer(0).default(0), {
    group: 'Guests and images',
    description: 'Most bytes a second that one live migration sends; 0 for as fast as it goes.',
    remedy: 'Give a whole number of bytes a second, 0 or more.',
  }),
  live_migration_timeout: about(integer(0).default(800), {
    group: 'Guests and images',
    description:
      'Seconds that a live migration may take to copy a GiB of memory and disks, which count as 2 GiB at least; 0 for as long as it takes.',
    remedy: 'Give a whole number of seconds, 0 or more.',
  }),
  live_migration_timeout_action: about(z.enum(['abort', 'force-complete']).default('abort'), {
    group: 'Guests and images',
    description:
      'What happens to a live migration that takes longer: `abort` leaves the guest where it is, `force-complete` has it stand still while the rest of its memory is copied.',
  }),
  session_idle: about(seconds.default(3_600), {
    group: 'Sessions and services',
    description: 'Seconds without a request until a browser session ends.',
    remedy: 'Give a whole number of seconds above 0.',
  }),
  session_lifetime: about(seconds.default(43_200), {
    group: 'Sessions and services',
    description: 'Seconds until a browser session ends in any case.',
    remedy: 'Give a whole number of seconds above 0.',
  }),
  service_down_time: about(seconds.default(60), {
    group: 'Sessions and services',
    description: 'Seconds without a heartbeat until a service counts as down.',
    remedy: 'Give a whole number of seconds above 0.',
  }),
  metrics_interval: about(integer(0, 60).default(10), {
    group: 'Sessions and services',
    description:
      'Seconds from one measurement of hosts and instances to the next; 0 measures nothing. docs/metrics.md says what is kept.',
    remedy: 'Give 0, or a whole number of seconds up to 60.',
  }),
})

type Snake<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Snake<Tail>>}`
  : Text
type Settings = z.output<typeof settings>

/** A key as `nephos.toml` has it. */
export type SettingKey = keyof Settings & string

/** The validated configuration: each key of {@link settings} in camel case. */
export type NephosConfig = { readonly [Key in keyof Settings as Snake<Key>]: Settings[Key] }

/** Every key, in the order of the page. */
export const settingKeys = Object.keys(settings.shape) as SettingKey[]

/** What is known about a setting. */
export const settingMeta = (key: SettingKey): SettingMeta =>
  settings.shape[key].meta() as unknown as SettingMeta

/** Name of a setting in the environment: `NEPHOS_WEB_PORT`, but `DATABASE_URL` and `NATS_URL`. */
export const environmentName = (key: SettingKey): string =>
  key === 'database_url' || key === 'nats_url' ? key.toUpperCase() : `NEPHOS_${key.toUpperCase()}`

/** `web_port` as the configuration has it: `webPort`. */
export const camelKey = (key: SettingKey): keyof NephosConfig =>
  key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as keyof NephosConfig

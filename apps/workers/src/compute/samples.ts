/** What a driver reads of one running machine. Counters count since the machine began; null: not known now. */
export interface MachineSample {
  instanceId: string
  /** When it was read, in ms since 1970. */
  at: number
  /** Another one than before: the machine was started anew, and its counters with it. */
  epoch: string
  /** Time that each vCPU has run, in ns. */
  vcpuNs: number[]
  /** Bytes of the host's memory that it holds. */
  memoryResident: number | null
  /** Bytes that the guest says it uses; null without its balloon driver. */
  memoryUsed: number | null
  disk: DiskCounters | null
}

/** What a machine, or a host, did with its disks. */
export interface DiskCounters {
  readBytes: number
  writeBytes: number
  readOps: number
  writeOps: number
}

/** What went over one link, as the guest sees it: `rx` is what the guest received. */
export interface LinkCounters {
  rxBytes: number
  txBytes: number
  rxPackets: number
  txPackets: number
}

/** What a driver reads of its host. Null: not known now. */
export interface HostSample {
  at: number
  /** Time that all CPUs together were busy, in ns. */
  cpuNs: number | null
  cpus: number
  /** Load average of one minute. */
  load: number | null
  memoryUsed: number | null
  memoryTotal: number | null
  /** Of the file system that holds the disks of machines, in bytes. */
  diskUsed: number | null
  diskTotal: number | null
  disk: DiskCounters | null
  /** Of its own network interfaces. */
  network: LinkCounters | null
}

/** One look at a host and everything that runs on it. */
export interface Samples {
  machines: MachineSample[]
  /** By the name of the tap. */
  links: ReadonlyMap<string, LinkCounters>
  host: HostSample
}

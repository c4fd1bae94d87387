/** What a flavor (or an instance, which carries a copy of one) says of its size. RAM and swap in MiB, disks in GiB. */
export interface FlavorSize {
  vcpus: number
  ramMib: number
  diskGib: number
  ephemeralGib: number
  swapMib: number
}

/** What is held of a host. RAM in MiB, disk in GiB. */
export interface Amounts {
  vcpus: number
  ramMib: number
  diskGib: number
}

/** What an instance of this size holds of a host. Disk is root + ephemeral + ⌈swap / 1024⌉, as Placement's DISK_GB. */
export const amountsOf = ({ vcpus, ramMib, diskGib, ephemeralGib, swapMib }: FlavorSize): Amounts => ({
  vcpus,
  ramMib,
  diskGib: diskGib + ephemeralGib + Math.ceil(swapMib / 1024),
})

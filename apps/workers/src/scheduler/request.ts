/** What an instance asks of a host: vCPUs, RAM in MiB, disk in GiB, and a zone if it must be that one. */
export interface PlacementRequest {
  vcpus: number
  ramMib: number
  diskGib: number
  zone: string | null
}

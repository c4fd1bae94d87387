/** The flavors of a new cloud: those that OpenStack's tools and tests expect, by their usual ids. */
export const firstFlavors = [
  { id: '42', name: 'm1.nano', vcpus: 1, ramMib: 128, diskGib: 1 },
  { id: '84', name: 'm1.micro', vcpus: 1, ramMib: 192, diskGib: 1 },
  { id: '1', name: 'm1.tiny', vcpus: 1, ramMib: 512, diskGib: 1 },
  { id: '2', name: 'm1.small', vcpus: 1, ramMib: 2048, diskGib: 20 },
  { id: '3', name: 'm1.medium', vcpus: 2, ramMib: 4096, diskGib: 40 },
  { id: '4', name: 'm1.large', vcpus: 4, ramMib: 8192, diskGib: 80 },
  { id: '5', name: 'm1.xlarge', vcpus: 8, ramMib: 16_384, diskGib: 160 },
] as const

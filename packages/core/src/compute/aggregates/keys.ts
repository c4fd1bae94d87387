/**
 * What the scheduler reads in the metadata of aggregates, as data: the dashboard offers it. Any other key is compared
 * with the extra specs of flavors. The names are Nova's.
 * Nothing here may import anything that only a server has.
 */
export const aggregateKeys: Readonly<Record<string, string>> = {
  filter_tenant_id: 'Ids of the projects that its hosts are kept for, separated by commas.',
  instance_type: 'Names of the flavors that its hosts are kept for, separated by commas.',
  architecture: 'Its hosts are kept for images of this architecture.',
  hw_machine_type: 'Its hosts are kept for images with this machine type.',
  hw_firmware_type: 'Its hosts are kept for images with this firmware.',
  os_distro: 'Its hosts are kept for images with this operating system.',
  os_type: 'Its hosts are kept for images with this kind of operating system.',
  max_instances_per_host: 'Most instances on each of its hosts, where the filter num-instances is in force.',
  max_io_ops_per_host:
    'Most instances being built or moved on each of its hosts, where the filter io-ops is in force.',
  ram_weight_multiplier: 'How much more free memory counts; below zero, its hosts fill up.',
  cpu_weight_multiplier: 'How much more free vCPUs count; below zero, its hosts fill up.',
  disk_weight_multiplier: 'How much more free disk counts; below zero, its hosts fill up.',
  io_ops_weight_multiplier: 'How much instances being built or moved there count.',
  soft_affinity_weight_multiplier: 'How much members of a soft-affinity group count.',
  soft_anti_affinity_weight_multiplier:
    'How much the absence of members of a soft-anti-affinity group counts.',
  build_failure_weight_multiplier: 'How much builds that failed there count.',
  num_instances_weight_multiplier: 'How much the number of instances there counts.',
}

/** What a key does, as a sentence. */
export const aggregateKeyMeaning = (key: string): string =>
  (Object.hasOwn(aggregateKeys, key) ? aggregateKeys[key] : undefined) ??
  (/^filter_tenant_id\d+$/.test(key)
    ? 'More projects that its hosts are kept for, separated by commas.'
    : /^(hw|os|img)_/.test(key)
      ? 'Its hosts are kept for images with this property.'
      : 'Compared with the extra specs of flavors.')

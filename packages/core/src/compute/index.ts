import {
  addAggregateHost,
  createAggregate,
  deleteAggregate,
  listAggregates,
  removeAggregateHost,
  setAggregateMetadata,
  showAggregate,
  updateAggregate,
} from './aggregates/index.ts'
import { scheduleBackups, showBackups, unscheduleBackups } from './backups/index.ts'
import {
  abortDrain,
  beginDrain,
  listDrains,
  pauseDrain,
  previewDrain,
  resumeDrain,
  showDrain,
} from './drains/index.ts'
import {
  addFlavorAccess,
  createFlavor,
  deleteFlavor,
  listFlavorAccess,
  listFlavors,
  removeFlavorAccess,
  setFlavorExtraSpecs,
  showFlavor,
  unsetFlavorExtraSpecs,
  updateFlavor,
} from './flavors/index.ts'
import {
  deleteHost,
  hostAllocations,
  hostMetrics,
  hostMetricsSummary,
  listHosts,
  showHost,
  updateHost,
} from './hosts/index.ts'
import {
  addInstanceTag,
  attachInterface,
  backUpInstance,
  changeInstancePassword,
  createInstance,
  createInstanceImage,
  deleteInstance,
  detachInterface,
  forceDeleteInstance,
  instanceMetrics,
  instanceMetricsSummary,
  listInstanceActions,
  listInstances,
  listInstanceTags,
  lockInstance,
  offloadInstance,
  openInstanceConsole,
  pauseInstance,
  readGuestFacts,
  readInstanceConsole,
  rebootInstance,
  rebuildInstance,
  removeInstanceTag,
  renameInstance,
  rescueInstance,
  resetInstanceState,
  restoreInstance,
  resumeInstance,
  setInstanceMetadata,
  setInstanceTags,
  shelveInstance,
  showInstance,
  startInstance,
  stopInstance,
  suspendInstance,
  triggerCrashDump,
  unlockInstance,
  unpauseInstance,
  unrescueInstance,
  unshelveInstance,
  updateInstance,
} from './instances/index.ts'
import { createKeyPair, deleteKeyPair, importKeyPair, listKeyPairs, showKeyPair } from './key-pairs/index.ts'
import {
  abortMigration,
  confirmResize,
  currentMigration,
  evacuateInstance,
  forceCompleteMigration,
  listMigrations,
  liveMigrateInstance,
  migrateInstance,
  resizeInstance,
  revertResize,
} from './migrations/index.ts'

export * from './aggregates/index.ts'
export * from './backups/index.ts'
export * from './consoles/index.ts'
export * from './drains/index.ts'
export * from './flavors/index.ts'
export * from './hosts/index.ts'
export * from './instances/index.ts'
export * from './key-pairs/index.ts'
export * from './machine/index.ts'
export * from './metadata/index.ts'
export * from './metrics/index.ts'
export * from './migrations/index.ts'
export * from './placement/index.ts'
export * from './server-groups/index.ts'
export * from './states.ts'
export * from './zones/index.ts'

import { previewPlacement } from './placement/index.ts'
import {
  createServerGroup,
  deleteServerGroup,
  listServerGroups,
  showServerGroup,
} from './server-groups/index.ts'
import { listZones } from './zones/index.ts'

/** Every verb of the domain, by noun. */
export const computeVerbs = {
  aggregates: {
    list: listAggregates,
    show: showAggregate,
    create: createAggregate,
    update: updateAggregate,
    delete: deleteAggregate,
    addHost: addAggregateHost,
    removeHost: removeAggregateHost,
    setMetadata: setAggregateMetadata,
  },
  drains: {
    preview: previewDrain,
    begin: beginDrain,
    list: listDrains,
    show: showDrain,
    pause: pauseDrain,
    resume: resumeDrain,
    abort: abortDrain,
  },
  placement: { preview: previewPlacement },
  serverGroups: {
    list: listServerGroups,
    show: showServerGroup,
    create: createServerGroup,
    delete: deleteServerGroup,
  },
  zones: { list: listZones },
  backups: { show: showBackups, schedule: scheduleBackups, unschedule: unscheduleBackups },
  flavors: {
    list: listFlavors,
    show: showFlavor,
    create: createFlavor,
    update: updateFlavor,
    delete: deleteFlavor,
    setExtraSpecs: setFlavorExtraSpecs,
    unsetExtraSpecs: unsetFlavorExtraSpecs,
    addAccess: addFlavorAccess,
    removeAccess: removeFlavorAccess,
    listAccess: listFlavorAccess,
  },
  hosts: {
    list: listHosts,
    show: showHost,
    update: updateHost,
    delete: deleteHost,
    allocations: hostAllocations,
    metrics: hostMetrics,
    metricsSummary: hostMetricsSummary,
  },
  instances: {
    create: createInstance,
    list: listInstances,
    show: showInstance,
    start: startInstance,
    stop: stopInstance,
    reboot: rebootInstance,
    rebuild: rebuildInstance,
    createImage: createInstanceImage,
    createBackup: backUpInstance,
    shelve: shelveInstance,
    shelveOffload: offloadInstance,
    unshelve: unshelveInstance,
    delete: deleteInstance,
    rename: renameInstance,
    console: readInstanceConsole,
    pause: pauseInstance,
    unpause: unpauseInstance,
    suspend: suspendInstance,
    resume: resumeInstance,
    rescue: rescueInstance,
    unrescue: unrescueInstance,
    lock: lockInstance,
    unlock: unlockInstance,
    changePassword: changeInstancePassword,
    guest: readGuestFacts,
    triggerCrashDump,
    restore: restoreInstance,
    forceDelete: forceDeleteInstance,
    resetState: resetInstanceState,
    update: updateInstance,
    setMetadata: setInstanceMetadata,
    tags: listInstanceTags,
    setTags: setInstanceTags,
    addTag: addInstanceTag,
    removeTag: removeInstanceTag,
    actions: listInstanceActions,
    metrics: instanceMetrics,
    metricsSummary: instanceMetricsSummary,
    openConsole: openInstanceConsole,
    resize: resizeInstance,
    confirmResize,
    revertResize,
    migrate: migrateInstance,
    liveMigrate: liveMigrateInstance,
    evacuate: evacuateInstance,
    attachInterface,
    detachInterface,
  },
  migrations: {
    list: listMigrations,
    current: currentMigration,
    abort: abortMigration,
    forceComplete: forceCompleteMigration,
  },
  keyPairs: {
    list: listKeyPairs,
    show: showKeyPair,
    create: createKeyPair,
    import: importKeyPair,
    delete: deleteKeyPair,
  },
}

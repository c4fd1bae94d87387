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
import { hostMetrics, hostMetricsSummary, listHosts, showHost, updateHost } from './hosts/index.ts'
import {
  backUpInstance,
  createInstance,
  createInstanceImage,
  deleteInstance,
  instanceMetrics,
  instanceMetricsSummary,
  listInstances,
  offloadInstance,
  openInstanceConsole,
  readInstanceConsole,
  rebootInstance,
  rebuildInstance,
  renameInstance,
  shelveInstance,
  showInstance,
  startInstance,
  stopInstance,
  unshelveInstance,
} from './instances/index.ts'
import { createKeyPair, deleteKeyPair, importKeyPair, listKeyPairs, showKeyPair } from './key-pairs/index.ts'

export * from './consoles/index.ts'
export * from './flavors/index.ts'
export * from './hosts/index.ts'
export * from './instances/index.ts'
export * from './key-pairs/index.ts'
export * from './machine/index.ts'
export * from './metadata/index.ts'
export * from './metrics/index.ts'
export * from './placement/index.ts'
export * from './states.ts'

/** Every verb of the domain, by noun. */
export const computeVerbs = {
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
    metrics: instanceMetrics,
    metricsSummary: instanceMetricsSummary,
    openConsole: openInstanceConsole,
  },
  keyPairs: {
    list: listKeyPairs,
    show: showKeyPair,
    create: createKeyPair,
    import: importKeyPair,
    delete: deleteKeyPair,
  },
}

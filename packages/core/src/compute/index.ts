import { createFlavor, deleteFlavor, listFlavors, showFlavor, updateFlavor } from './flavors/index.ts'
import { listHosts, showHost, updateHost } from './hosts/index.ts'
import {
  createInstance,
  deleteInstance,
  listInstances,
  openInstanceConsole,
  readInstanceConsole,
  rebootInstance,
  renameInstance,
  showInstance,
  startInstance,
  stopInstance,
} from './instances/index.ts'
import { createKeyPair, deleteKeyPair, importKeyPair, listKeyPairs, showKeyPair } from './key-pairs/index.ts'

export * from './consoles/index.ts'
export * from './flavors/index.ts'
export * from './hosts/index.ts'
export * from './instances/index.ts'
export * from './key-pairs/index.ts'
export * from './metadata/index.ts'
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
  },
  hosts: { list: listHosts, show: showHost, update: updateHost },
  instances: {
    create: createInstance,
    list: listInstances,
    show: showInstance,
    start: startInstance,
    stop: stopInstance,
    reboot: rebootInstance,
    delete: deleteInstance,
    rename: renameInstance,
    console: readInstanceConsole,
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

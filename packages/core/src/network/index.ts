import {
  addGroupAddresses,
  createAddressGroup,
  deleteAddressGroup,
  listAddressGroups,
  removeGroupAddresses,
  showAddressGroup,
  updateAddressGroup,
} from './address-groups/index.ts'
import {
  createFloatingIp,
  deleteFloatingIp,
  listFloatingIps,
  showFloatingIp,
  updateFloatingIp,
} from './floating-ips/index.ts'
import { createNetwork, deleteNetwork, listNetworks, showNetwork, updateNetwork } from './networks/index.ts'
import {
  createPortForwarding,
  deletePortForwarding,
  listPortForwardings,
  showPortForwarding,
  updatePortForwarding,
} from './port-forwardings/index.ts'
import { createPort, deletePort, listPorts, showPort, updatePort } from './ports/index.ts'
import {
  createQosPolicy,
  createQosRule,
  deleteQosPolicy,
  deleteQosRule,
  listQosPolicies,
  showQosPolicy,
  updateQosPolicy,
  updateQosRule,
} from './qos/index.ts'
import {
  createRbacPolicy,
  deleteRbacPolicy,
  listRbacPolicies,
  showRbacPolicy,
} from './rbac-policies/index.ts'
import { checkReachability } from './reachability/index.ts'
import {
  addRouterInterface,
  createRouter,
  deleteRouter,
  listRouters,
  removeRouterInterface,
  showRouter,
  updateRouter,
} from './routers/index.ts'
import {
  createSecurityGroup,
  createSecurityGroupRule,
  deleteSecurityGroup,
  deleteSecurityGroupRule,
  listSecurityGroups,
  setPortSecurityGroups,
  showSecurityGroup,
  updateSecurityGroup,
} from './security-groups/index.ts'
import { createSubnet, deleteSubnet, listSubnets, showSubnet, updateSubnet } from './subnets/index.ts'
import { addTag, listTags, removeTag, setTags } from './tags/index.ts'
import { showTopology } from './topology/index.ts'

export * from './address-groups/index.ts'
export * from './dhcp-options/index.ts'
export * from './dns/index.ts'
export * from './floating-ips/index.ts'
export * from './networks/index.ts'
export * from './port-forwardings/index.ts'
export * from './ports/index.ts'
export * from './qos/index.ts'
export * from './rbac-policies/index.ts'
export * from './reachability/index.ts'
export * from './routers/index.ts'
export * from './routing/index.ts'
export * from './security-groups/index.ts'
export * from './subnets/index.ts'
export * from './tags/index.ts'
export * from './topology/index.ts'

/** Verbs of this domain, nested by noun. */
export const networkVerbs = {
  networks: {
    list: listNetworks,
    show: showNetwork,
    create: createNetwork,
    update: updateNetwork,
    delete: deleteNetwork,
  },
  subnets: {
    list: listSubnets,
    show: showSubnet,
    create: createSubnet,
    update: updateSubnet,
    delete: deleteSubnet,
  },
  ports: {
    list: listPorts,
    show: showPort,
    create: createPort,
    update: updatePort,
    delete: deletePort,
    setSecurityGroups: setPortSecurityGroups,
  },
  rbacPolicies: {
    list: listRbacPolicies,
    show: showRbacPolicy,
    create: createRbacPolicy,
    delete: deleteRbacPolicy,
  },
  routers: {
    list: listRouters,
    show: showRouter,
    create: createRouter,
    update: updateRouter,
    delete: deleteRouter,
    addInterface: addRouterInterface,
    removeInterface: removeRouterInterface,
  },
  floatingIps: {
    list: listFloatingIps,
    show: showFloatingIp,
    create: createFloatingIp,
    update: updateFloatingIp,
    delete: deleteFloatingIp,
  },
  portForwardings: {
    list: listPortForwardings,
    show: showPortForwarding,
    create: createPortForwarding,
    update: updatePortForwarding,
    delete: deletePortForwarding,
  },
  securityGroups: {
    list: listSecurityGroups,
    show: showSecurityGroup,
    create: createSecurityGroup,
    update: updateSecurityGroup,
    delete: deleteSecurityGroup,
  },
  reachability: { check: checkReachability },
  topology: { show: showTopology },
  qosPolicies: {
    list: listQosPolicies,
    show: showQosPolicy,
    create: createQosPolicy,
    update: updateQosPolicy,
    delete: deleteQosPolicy,
  },
  qosRules: { create: createQosRule, update: updateQosRule, delete: deleteQosRule },
  tags: { list: listTags, set: setTags, add: addTag, remove: removeTag },
  addressGroups: {
    list: listAddressGroups,
    show: showAddressGroup,
    create: createAddressGroup,
    update: updateAddressGroup,
    delete: deleteAddressGroup,
    addAddresses: addGroupAddresses,
    removeAddresses: removeGroupAddresses,
  },
  securityGroupRules: { create: createSecurityGroupRule, delete: deleteSecurityGroupRule },
} as const

/** `deviceOwner` of the port that holds a network's DHCP and metadata addresses. */
export const dhcpOwner = 'network:dhcp'
/** `deviceOwner` of the ports of instances. */
export const computeOwner = 'compute:nova'
/** `deviceOwner` of a router's ports on the networks that it joins; `deviceId` is the router. */
export const routerInterfaceOwner = 'network:router_interface'
/** `deviceOwner` of a router's port on its external network; `deviceId` is the router. */
export const routerGatewayOwner = 'network:router_gateway'
/** `deviceOwner` of the port that holds the address of a floating IP; `deviceId` is the floating IP. */
export const floatingIpOwner = 'network:floatingip'

/** Owners of ports on external networks that the cloud makes by itself: members neither see nor delete them. */
export const hiddenOwners: readonly string[] = [routerGatewayOwner, floatingIpOwner]

/** Owners of ports that count in nobody's quota. */
export const uncountedOwners: readonly string[] = [dhcpOwner, ...hiddenOwners]

/** Owners that only the cloud gives. */
export const serviceOwners: readonly string[] = [...uncountedOwners, routerInterfaceOwner]

/** `deviceOwner` of the port that holds a network's DHCP and metadata addresses. */
export const dhcpOwner = 'network:dhcp'
/** `deviceOwner` of the ports of instances. */
export const computeOwner = 'compute:nova'

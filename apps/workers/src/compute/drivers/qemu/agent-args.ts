/** Name of the agent's socket in a machine's directory. */
export const agentSocket = 'agent.sock'

/** The channel to the agent in the guest, where guests look for it. Its other end is a unix socket of the machine. */
export const agentArgs = (): string[] => [
  ...['-device', 'virtio-serial-pci,id=agent-bus'],
  ...['-chardev', `socket,id=agent,path=${agentSocket},server=on,wait=off`],
  ...['-device', 'virtserialport,id=agent-port,bus=agent-bus.0,chardev=agent,name=org.qemu.guest_agent.0'],
]

/** Limits of a volume's input and output per second, as the guest feels them; missing: none. */
export interface VolumeLimits {
  totalIops?: number
  readIops?: number
  writeIops?: number
  totalBytes?: number
  readBytes?: number
  writeBytes?: number
  /** What may be reached for a moment. */
  totalIopsMax?: number
  readIopsMax?: number
  writeIopsMax?: number
  totalBytesMax?: number
  readBytesMax?: number
  writeBytesMax?: number
}

/** Who wants to reach a volume. */
export interface VolumeConnector {
  hostName: string
  /** Address on the underlay; null: a host that stands alone. */
  ip: string | null
  /** Name of the host as an iSCSI initiator. */
  initiator: string
  instanceId: string
}

/** How a hypervisor reaches the bytes of a volume. */
export type VolumeRoute =
  | { kind: 'file'; path: string; format: 'raw' | 'qcow2' }
  | {
      kind: 'iscsi'
      /** host:port */
      portal: string
      target: string
      lun: number
      user: string
      password: string
      initiator: string
    }
  | {
      kind: 'nbd'
      address: { path: string } | { host: string; port: number }
      name: string
      /**
       * Over TCP: both ends show that they know this key (TLS with a pre-shared key, QEMU's tls-creds-psk). Missing:
       * a unix socket, which only QEMU's user can open.
       */
      psk?: { user: string; key: string }
    }
  /** The guest itself reaches it, over its network: shelf.slot. */
  | { kind: 'aoe'; shelf: number; slot: number }
  | { kind: 'simulated' }

/** What a hypervisor is told of a volume that it is to plug. Holds secrets: never stored, never logged. */
export interface VolumeConnection {
  volumeId: string
  attachmentId: string
  route: VolumeRoute
  sizeBytes: number
  readOnly: boolean
  limits: VolumeLimits
  /** The bytes are LUKS; the passphrase, base64. */
  passphrase: string | null
}

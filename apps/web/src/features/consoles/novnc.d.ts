declare module '@novnc/novnc' {
  /** The part of noVNC's RFB client that is used; docs/API.md of the package describes it. */
  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: WebSocket, options?: { shared?: boolean })
    viewOnly: boolean
    scaleViewport: boolean
    clipViewport: boolean
    background: string
    focus(options?: FocusOptions): void
    blur(): void
    disconnect(): void
    sendKey(keysym: number, code: string, down?: boolean): void
    toBlob(callback: (blob: Blob | null) => void, type?: string, quality?: number): void
    toDataURL(type?: string, quality?: number): string
  }
}

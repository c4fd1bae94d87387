const esc = String.fromCharCode(0x1b)
/** Answers of a terminal: cursor position, status, and what it is (DSR and DA). */
const reports = new RegExp(`^(${esc}\\[(\\d+;\\d+R|0n|[?>=][\\d;]*c))+$`)

/** True for bytes that a terminal sent by itself, because the guest asked it something. */
export const isTerminalReport = (bytes: Uint8Array): boolean =>
  bytes.length >= 3 && bytes.length <= 64 && reports.test(Buffer.from(bytes).toString('latin1'))

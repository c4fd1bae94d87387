/** A close carries at most 123 bytes. */
export function closeReason(text: string): string {
  let reason = text
  while (Buffer.byteLength(reason) > 123) reason = `${reason.slice(0, -2).trimEnd()}…`
  return reason
}

/** Saves text as a file of the person who looks at the page. */
export const saveText = (text: string, fileName: string): void =>
  saveBlob(new Blob([text], { type: 'application/octet-stream' }), fileName)

/** Saves bytes as a file of the person who looks at the page. */
export function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // Some browsers begin to read only after this returns.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** An answer of the metadata service. */
export interface MetadataDocument {
  contentType: 'text/plain; charset=UTF-8' | 'application/json'
  body: string | Uint8Array
}

/** Plain text, as the EC2 tree and all listings are. */
export const text = (body: string): MetadataDocument => ({ contentType: 'text/plain; charset=UTF-8', body })

/** A JSON document. */
export const json = (value: unknown): MetadataDocument => ({
  contentType: 'application/json',
  body: JSON.stringify(value),
})

/** The user data, byte for byte as they were given. */
export const bytes = (body: Uint8Array): MetadataDocument => ({
  contentType: 'text/plain; charset=UTF-8',
  body,
})

/** One name a line, without a line break at the end. */
export const listing = (names: readonly string[]): MetadataDocument => text(names.join('\n'))

import type { RouterOutputs } from '#trpc/client.ts'
import { emptyImage, type ImageDraft } from './image-fields.tsx'
import { linesOf, type PropertyLine } from './property-draft.ts'

/** A well-known image. */
export type CatalogueEntry = RouterOutputs['image']['catalogue']['list'][number]

/** What people say about a new image. */
export type NewImageDraft = ImageDraft & { properties: PropertyLine[] }

/** That draft, kept while people choose where its file comes from. */
export interface NewImage {
  about: NewImageDraft
  change: (patch: Partial<NewImageDraft>) => void
  dirty: boolean
}

/** What the form of a new image begins with. */
export interface NewImagePreset {
  about: NewImageDraft
  /** Address of its file; empty: none is known. */
  uri: string
}

/** The form as an entry of the catalogue fills it in; an empty one without. */
export const presetOf = (entry: CatalogueEntry | undefined): NewImagePreset =>
  entry
    ? {
        about: {
          ...emptyImage,
          name: entry.name,
          minDiskGib: String(entry.minDiskGib),
          minRamMib: String(entry.minRamMib),
          properties: linesOf(entry.properties),
        },
        uri: entry.url,
      }
    : { about: emptyImage, uri: '' }

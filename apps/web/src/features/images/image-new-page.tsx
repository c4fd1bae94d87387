'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useDraft } from '#features/forms/use-draft.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { BackLink } from '#ui/back-link.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { TabPanel, Tabs } from '#ui/tabs.tsx'
import { ImportNew } from './import/import-new.tsx'
import { type NewImagePreset, presetOf } from './new-image-preset.ts'
import { UploadInto } from './upload/upload-into.tsx'
import { UploadNew } from './upload/upload-new.tsx'

const sources = ['file', 'address'] as const
type Source = (typeof sources)[number]

const words: Record<Source, { tab: string; title: string; description: string }> = {
  file: {
    tab: 'From this computer',
    title: 'Upload image',
    description:
      'A disk image: qcow2, raw, iso, vmdk, vhd, vhdx or vdi. Its format is found out from the file itself.',
  },
  address: {
    tab: 'From an address',
    title: 'Import image',
    description: 'The cloud fetches a disk image from a web server, checks it, and stores it.',
  },
}

/** Adds an image from a file or an address, or sends the file of one that waits for it (`?image=`). */
export function ImageNewPage() {
  const [{ image, from, catalogue }, set] = useQueryStates(
    {
      image: parseAsString,
      from: parseAsStringLiteral(sources).withDefault('file'),
      catalogue: parseAsString,
    },
    { history: 'replace' },
  )
  return (
    <>
      <BackLink href={paths.images()}>Images</BackLink>
      <PageHeader
        title={image ? 'Upload file' : words[from].title}
        description={words[image ? 'file' : from].description}
      />
      {image ? (
        <UploadInto id={image} />
      ) : (
        <Tabs
          label="Where the file comes from"
          value={from}
          onChange={(next) => void set({ from: next as Source })}
          tabs={sources.map((value) => ({ value, label: words[value].tab }))}
        >
          <TabPanel value={from}>
            <New from={from} catalogue={catalogue} />
          </TabPanel>
        </Tabs>
      )}
    </>
  )
}

function New({ from, catalogue }: { from: Source; catalogue: string | null }) {
  const trpc = useTRPC()
  const { data, isError } = useQuery(
    trpc.image.catalogue.list.queryOptions({}, { enabled: catalogue !== null }),
  )
  // What was chosen in the catalogue is filled in, so it has to be there first.
  if (catalogue && !data && !isError) return <Skeleton className="h-64 w-full rounded-xl" />
  return <Form from={from} preset={presetOf(data?.find(({ id }) => id === catalogue))} />
}

function Form({ from, preset }: { from: Source; preset: NewImagePreset }) {
  const [about, change, dirty] = useDraft(preset.about)
  const image = { about, change, dirty }
  return from === 'file' ? <UploadNew image={image} /> : <ImportNew image={image} uri={preset.uri} />
}

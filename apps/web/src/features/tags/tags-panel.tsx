'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { TagFields } from './tag-fields.tsx'
import { kindWords, readTaggedName, type TaggedKind } from './tagged.ts'

interface Tagged {
  kind: TaggedKind
  id: string
  tags: string[]
}

function useTagged(of: string) {
  const { network: api } = useTRPCClient()
  const read: Record<TaggedKind, (id: string) => Promise<{ tags: string[] }>> = {
    network: (id) => api.networks.show.query({ id }),
    subnet: (id) => api.subnets.show.query({ id }),
    port: (id) => api.ports.show.query({ id }),
    router: (id) => api.routers.show.query({ id }),
    floatingIp: (id) => api.floatingIps.show.query({ id }),
    securityGroup: (id) => api.securityGroups.show.query({ id }),
  }
  return useQuery({
    queryKey: ['tags of', of],
    queryFn: async (): Promise<Tagged> => {
      const named = readTaggedName(of)
      if (!named) throw new Error('The address of this page names nothing that has tags.')
      const { tags } = await read[named.kind](named.id)
      return { ...named, tags }
    },
    // What was read the last time it was open may be old.
    gcTime: 0,
  })
}

/** Edits the tags of something of the network. */
export function TagsPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Tags" query={useTagged(of)} onClose={onClose}>
      {(tagged) => <Form tagged={tagged} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ tagged: { kind, id, tags: before }, onClose }: { tagged: Tagged; onClose: () => void }) {
  const trpc = useTRPC()
  const client = useQueryClient()
  const readOnly = useWhyReadOnly()
  const [edited, setEdited] = useState<string[]>()
  const [text, setText] = useState('')
  const tags = edited ?? before
  const { data: known = [] } = useQuery(trpc.network.tags.list.queryOptions({ kind }))
  const save = useMutation(
    trpc.network.tags.set.mutationOptions({
      onSuccess: () => {
        void client.invalidateQueries(trpc.network.tags.list.queryFilter({ kind }))
        toast.success('Tags saved')
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Tags"
      description={`Words to find this ${kindWords[kind]} by. Lists can be narrowed to a tag.`}
      submit="Save"
      mutation={save}
      fields={['tags']}
      reason={
        readOnly ?? (text.trim() ? 'Add the tag, or clear it.' : edited ? null : 'Nothing has changed.')
      }
      dirty={edited !== undefined || text !== ''}
      onSubmit={() => save.mutate({ kind, id, tags })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TagFields
            tags={tags}
            text={text}
            known={known.map(({ tag }) => tag)}
            errors={errors}
            onTags={setEdited}
            onText={setText}
          />
          <ApiCall verb="network.tags.set" input={{ kind, id, tags }} />
        </>
      )}
    </FormPanel>
  )
}

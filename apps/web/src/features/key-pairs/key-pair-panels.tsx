'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useTRPC } from '#trpc/client.ts'
import { CodeBlock } from '#ui/code-block.tsx'
import { Field } from '#ui/field.tsx'
import { FileDrop } from '#ui/file-drop.tsx'
import { Input, Textarea } from '#ui/input.tsx'
import { SecretDialog } from '#ui/secret-dialog.tsx'
import { keyComment, keyFileName, publicKeyProblem } from './row.ts'

/** Makes a key pair; its private key is then shown once. */
export function KeyPairCreate({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ name: '' })
  const create = useMutation(trpc.compute.keyPairs.create.mutationOptions())
  const name = draft.name.trim()
  if (create.data) {
    const file = keyFileName(create.data.name)
    return (
      <SecretDialog
        title={`Private key of ${create.data.name}`}
        description="Whoever has it can log in. It is shown this once."
        secret={create.data.privateKey}
        what="Private key"
        fileName={file}
        onDone={onClose}
      >
        <CodeBlock code={`chmod 600 ${file}\nssh -i ${file} USER@ADDRESS`} label="how to use it" />
      </SecretDialog>
    )
  }
  return (
    <FormPanel
      title="Create key pair"
      description="An Ed25519 key pair. You get the private key, the cloud keeps the public one."
      submit="Create key pair"
      mutation={create}
      fields={['name']}
      reason={name ? null : 'Give it a name.'}
      dirty={dirty}
      onSubmit={() => create.mutate({ name })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <ApiCall verb="compute.keyPairs.create" input={{ name: name || 'laptop' }} />
        </>
      )}
    </FormPanel>
  )
}

const largestKey = 16_384

/** Stores the public key that somebody has already. */
export function KeyPairImport({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ name: '', publicKey: '' })
  const [file, setFile] = useState<File | null>(null)
  const suggested = keyComment(draft.publicKey)
  const name = draft.name.trim() || suggested
  const problem = publicKeyProblem(draft.publicKey)
  const store = useMutation(
    trpc.compute.keyPairs.import.mutationOptions({
      onSuccess: (row) => {
        toast.success(`${row.name} imported`)
        onClose()
      },
    }),
  )
  const take = async (chosen: File) => {
    if (chosen.size > largestKey) return toast.error(`${chosen.name} is too large for a public key.`)
    setFile(chosen)
    change({ publicKey: (await chosen.text()).trim() })
  }
  return (
    <FormPanel
      title="Import key"
      description="A public key that you have: RSA, Ed25519, ECDSA or a security key."
      submit="Import key"
      mutation={store}
      fields={['name', 'publicKey']}
      reason={
        problem ??
        (draft.publicKey.trim() === ''
          ? 'Paste the key or choose its file.'
          : name
            ? null
            : 'Give it a name.')
      }
      dirty={dirty}
      onSubmit={() => store.mutate({ name, publicKey: draft.publicKey.trim() })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <FileDrop
            label="Public key file"
            file={file}
            accept=".pub,text/plain"
            onFile={(chosen) => void take(chosen)}
          />
          <Field
            label="Public key"
            error={errors.publicKey ?? problem}
            hint="The one line of a .pub file, such as ~/.ssh/id_ed25519.pub."
          >
            <Textarea
              value={draft.publicKey}
              spellCheck={false}
              autoFocus
              className="min-h-28 break-all font-mono text-xs"
              placeholder="ssh-ed25519 AAAA… you@laptop"
              onChange={(event) => change({ publicKey: event.target.value })}
            />
          </Field>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              placeholder={suggested || 'laptop'}
              maxLength={255}
              spellCheck={false}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
        </>
      )}
    </FormPanel>
  )
}

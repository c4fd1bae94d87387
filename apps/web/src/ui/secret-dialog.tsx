'use client'
import { Check, Copy, Download } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Button } from './button.tsx'
import { CheckField } from './check-field.tsx'
import { CodeBlock } from './code-block.tsx'
import { copyText } from './copy.tsx'
import { Dialog } from './dialog.tsx'
import { saveText } from './download.ts'

/** A secret that is shown once. It stays until one says that it is kept: no Escape, no click beside it, no closed tab. */
export function SecretDialog({
  title,
  description,
  secret,
  what,
  fileName,
  children,
  onDone,
}: {
  title: string
  description: ReactNode
  secret: string
  /** "Private key". */
  what: string
  fileName: string
  /** How it is used. */
  children?: ReactNode
  onDone: () => void
}) {
  const [kept, setKept] = useState(false)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    const stay = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', stay)
    return () => window.removeEventListener('beforeunload', stay)
  }, [])
  return (
    <Dialog
      open
      persistent
      onOpenChange={() => {}}
      title={title}
      description={description}
      className="max-w-xl"
      footer={
        <Button variant="primary" reason={kept ? null : 'Say that you kept it first.'} onClick={onDone}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <CodeBlock code={secret.trimEnd()} label={what.toLowerCase()} />
        <div className="flex flex-wrap gap-2">
          <Button
            onClick={async () => {
              if (await copyText(secret)) setCopied(true)
            }}
          >
            {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
            {copied ? 'Copied' : 'Copy'}
          </Button>
          <Button onClick={() => saveText(secret, fileName)}>
            <Download aria-hidden="true" /> Download {fileName}
          </Button>
        </div>
        {children}
        <CheckField
          label={`I have kept the ${what.toLowerCase()}`}
          hint="It is stored nowhere in the cloud and cannot be shown again."
          checked={kept}
          onChange={setKept}
        />
      </div>
    </Dialog>
  )
}

'use client'
import { ClipboardPaste } from 'lucide-react'
import { useState } from 'react'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Textarea } from '#ui/input.tsx'

/** A button that opens a box whose text is typed into the console. */
export function PasteButton({
  reason,
  note,
  onPaste,
}: {
  /** Why nothing can be typed now. */
  reason: string | null
  note: string
  onPaste: (text: string) => void
}) {
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const fromClipboard = async () => {
    const read = await navigator.clipboard?.readText().catch(() => '')
    if (read) setText(read)
  }
  return (
    <>
      <Button
        size="sm"
        reason={reason}
        onClick={() => {
          setText('')
          setOpen(true)
          // The browser may ask, or refuse: then the box stays empty.
          void fromClipboard()
        }}
      >
        <ClipboardPaste aria-hidden="true" /> Paste text
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Paste text into the console"
        description={note}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button
              variant="primary"
              reason={text === '' ? 'There is no text.' : null}
              onClick={() => {
                setOpen(false)
                onPaste(text)
              }}
            >
              Type it
            </Button>
          </>
        }
      >
        <Textarea
          aria-label="Text"
          autoFocus
          spellCheck={false}
          className="min-h-40 font-mono text-xs"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Dialog>
    </>
  )
}

'use client'
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from './button.tsx'
import { cn } from './cn.ts'
import { splitBytes } from './format.ts'

/** Takes one file: by its button, or dropped on it. */
export function FileDrop({
  label,
  file,
  accept,
  onFile,
  describedBy,
}: {
  label: string
  file: File | null
  accept?: string
  onFile: (file: File) => void
  describedBy?: string
}) {
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button inside is the first
    <div
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const [dropped] = event.dataTransfer.files
        if (dropped) onFile(dropped)
      }}
      className={cn(
        'flex flex-col items-center gap-3 rounded-lg border border-dashed px-6 py-8 text-center transition-colors',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong bg-raised/40',
      )}
    >
      <FileUp className="size-6 text-subtle" aria-hidden="true" />
      {file ? (
        <p className="max-w-full text-sm">
          <span className="break-all font-medium">{file.name}</span>{' '}
          <span className="tabular text-subtle">{splitBytes(file.size).join(' ')}</span>
        </p>
      ) : (
        <p className="text-sm text-muted">Drop the file here, or</p>
      )}
      <input
        ref={input}
        type="file"
        accept={accept}
        aria-label={label}
        aria-describedby={describedBy}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const [chosen] = event.target.files ?? []
          if (chosen) onFile(chosen)
          event.target.value = ''
        }}
      />
      <Button onClick={() => input.current?.click()}>{file ? 'Choose another file' : 'Choose a file'}</Button>
    </div>
  )
}

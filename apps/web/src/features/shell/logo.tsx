/** The mark of Nephos: a cloud drawn as stacked layers. */
export function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" className={className} fill="none" aria-hidden="true">
      <path
        d="M7 17.5h10a4.5 4.5 0 0 0 .7-8.95A6 6 0 0 0 6.2 9.6 4 4 0 0 0 7 17.5Z"
        fill="var(--accent)"
        fillOpacity="0.22"
        stroke="var(--accent)"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      <path d="M8 13.5h8M10 10.5h5" stroke="var(--accent)" strokeWidth="1.6" strokeLinecap="round" />
    </svg>
  )
}

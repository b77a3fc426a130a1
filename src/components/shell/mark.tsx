/** The product's mark: layers, the last one proven. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="4" className="fill-accent" />
      <path d="M8 7h16v5H8zM8 14h16v4H8zM8 20h9v5H8z" className="fill-accent-ink" />
      <path d="m19 22.500 2 2 4-4.500" fill="none" strokeWidth="2" className="stroke-accent-ink" />
    </svg>
  );
}

import Link from "next/link";

/** A client's tags; each leads to the clients that carry it. */
export function ClientTags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return <span className="text-ink-soft">-</span>;
  return (
    <ul className="flex min-w-0 flex-wrap gap-1" aria-label="Tags">
      {tags.map((tag) => (
        <li key={tag} className="min-w-0 max-w-full">
          <Link
            href={`/clients?tag=${encodeURIComponent(tag)}`}
            className="block truncate rounded-sm bg-idle-wash px-1.5 py-0.5 text-[0.75rem] text-idle hover:text-ink"
          >
            {tag}
          </Link>
        </li>
      ))}
    </ul>
  );
}

import { ChevronRight } from "lucide-react";
import { trailOf } from "~/domain/archive-path";
import { NameText } from "./name-text";

/** The way from the top of the archive to the open folder; each part opens. */
export function FolderCrumbs({ path, open }: { path: string; open: (path: string) => void }) {
  const trail = trailOf(path);
  return (
    <nav aria-label="Folder" className="min-w-0">
      <ol className="flex flex-wrap items-center gap-y-1">
        <Crumb current={trail.length === 0} onOpen={() => open("")}>
          All files
        </Crumb>
        {trail.map((step, index) => (
          <Crumb key={step.path} current={index === trail.length - 1} onOpen={() => open(step.path)} chevron>
            <NameText path={step.name} />
          </Crumb>
        ))}
      </ol>
    </nav>
  );
}

function Crumb({
  current,
  chevron = false,
  onOpen,
  children,
}: {
  current: boolean;
  chevron?: boolean;
  onOpen: () => void;
  children: React.ReactNode;
}) {
  return (
    <li className="flex min-w-0 items-center">
      {chevron ? <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-soft" /> : null}
      {current ? (
        <span aria-current="location" className="max-w-72 truncate px-1.5 py-1 font-medium">
          {children}
        </span>
      ) : (
        <button
          type="button"
          onClick={onOpen}
          className="max-w-48 truncate rounded-md px-1.5 py-1 text-accent hover:bg-hover hover:underline"
        >
          {children}
        </button>
      )}
    </li>
  );
}

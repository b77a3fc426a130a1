import { CopyLine } from "~/components/ui/copy-line";
import { formatCount } from "~/domain/quantity";

/** What is on disk, by name: the first ones here, all of them in a file on the machine. */
export function PathList({
  written,
  open,
}: {
  written: { paths: readonly string[]; list: string | null };
  open: boolean;
}) {
  const { paths, list } = written;
  if (paths.length === 0) return null;
  return (
    <details open={open} className="grid gap-2">
      <summary className="cursor-pointer font-medium">
        What was written{list === null ? "" : `, the first ${formatCount(paths.length)}`}
      </summary>
      <div className="grid gap-2 pt-2">
        <ul className="max-h-72 divide-y overflow-auto rounded-md border print:max-h-none">
          {paths.map((path) => (
            <li key={path} className="px-3 py-1">
              <code className="wrap-anywhere font-mono text-[0.8125rem]">{path}</code>
            </li>
          ))}
        </ul>
        {list === null ? null : (
          <div className="grid gap-1">
            <p className="text-[0.8125rem] text-ink-soft">The whole list lies on the machine:</p>
            <CopyLine text={list} />
          </div>
        )}
      </div>
    </details>
  );
}

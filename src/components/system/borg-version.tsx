import { TriangleAlert } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Tooltip } from "~/components/ui/tooltip";
import { lacksArchiveSpoofingFix } from "./borg-fixes";

/** A borg version, marked when it is missing or lacks a security fix. `known` false: the machine has not said yet. */
export function BorgVersion({ version, known = true }: { version: string | null; known?: boolean }) {
  if (!known) return <span className="text-ink-soft">-</span>;
  if (version === null) {
    return (
      <Badge tone="fail">
        <TriangleAlert aria-hidden />
        no borg
      </Badge>
    );
  }
  if (!lacksArchiveSpoofingFix(version)) return <span>{version}</span>;
  return (
    <Tooltip
      text={`borg ${version} lacks the fix of CVE-2023-36811 (fixed in 1.2.5). Install 1.2.5 or newer, or 1.4.`}
    >
      <button type="button" className="inline-flex cursor-default items-center gap-1.5">
        {version}
        <Badge tone="warn">
          <TriangleAlert aria-hidden />
          CVE-2023-36811
        </Badge>
      </button>
    </Tooltip>
  );
}

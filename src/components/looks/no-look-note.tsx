import { CopyLine } from "~/components/ui/copy-line";
import { Notice } from "~/components/ui/notice";
import type { NoLook } from "./why-no-look";

/** Says why nobody can look at a machine's disk now, and what its administrator can do. */
export function NoLookNote({ why }: { why: NoLook }) {
  return (
    <Notice tone="info" title={why.title}>
      <div className="grid gap-2">
        <p>{why.say}</p>
        {why.line ? <CopyLine text={why.line} className="max-w-sm" /> : null}
      </div>
    </Notice>
  );
}

import { Notice } from "~/components/ui/notice";
import type { Destination } from "./use-other";

/** What must be known of the machine that is written on before anything else. Nothing while it is online. */
export function MachineNotice({ machine }: { machine: Destination }) {
  if (!machine.policy) {
    return (
      <Notice tone="fail" title={`${machine.name} cannot restore now`}>
        It is not enrolled. Enrol it again on its page, or choose another place.
      </Notice>
    );
  }
  if (machine.online) return null;
  return (
    <Notice tone="warn" title={`${machine.name} is offline`}>
      You may start the restore now; it begins when the machine is back.
    </Notice>
  );
}

import { Server } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";

/** For somebody who is signed in and may not see any machine yet. */
export function NothingYet() {
  return (
    <EmptyState
      icon={Server}
      title="No machine is shared with you yet"
      action={<ButtonLink href="/">Look again</ButtonLink>}
    >
      You are signed in, but your account has no permissions for any machine. An admin gives them under
      People; they hold at once.
    </EmptyState>
  );
}

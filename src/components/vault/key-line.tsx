import { RelativeTime } from "~/components/ui/relative-time";
import { May } from "../system/may";
import { PaperKey } from "./paper-key";
import { VaultLine } from "./vault-line";

/** Whether borg's key of the repository is kept apart from it, and the way to have it on paper. */
export function KeyLine({
  repository,
  escrowedAt,
}: {
  repository: { id: string; name: string; clientId: string };
  escrowedAt: Date | null;
}) {
  return (
    <VaultLine
      wide
      title="Key"
      note="borg's key lies in the repository, where a hostile client could replace it. So it is kept here too, compared at each audit, and put back when it differs. On paper it outlives this server."
      action={
        escrowedAt ? (
          <May action="reveal-secrets" client={repository.clientId}>
            <PaperKey repository={repository} />
          </May>
        ) : null
      }
    >
      {escrowedAt ? (
        <>
          Kept encrypted on this server since <RelativeTime at={escrowedAt} />
        </>
      ) : (
        <span className="text-warn">Not kept yet: the next audit exports it</span>
      )}
    </VaultLine>
  );
}

import { RelativeTime } from "~/components/ui/relative-time";
import { TextLink } from "~/components/ui/text-link";
import { formatCount } from "~/domain/quantity";
import type { Api } from "../system/api";

/** The repository's state in words. */
export function RepositorySentence({ repository }: { repository: Api["repositories"]["get"] }) {
  const owner = (
    <TextLink inline href={`/clients/${repository.clientId}`}>
      {repository.clientName}
    </TextLink>
  );
  if (repository.state === "creating") return <>Being made for {owner}. This takes a few seconds.</>;
  if (repository.state === "failed")
    return <>It could not be made for {owner}. Nothing can be backed up into it.</>;
  if (repository.archiveCount === 0) return <>Ready for {owner}; no archive yet.</>;
  return (
    <>
      {formatCount(repository.archiveCount)} {repository.archiveCount === 1 ? "archive" : "archives"} of{" "}
      {owner}, the newest <RelativeTime at={repository.lastArchiveAt} />.
      {repository.busyJobId ? (
        <>
          {" "}
          <TextLink inline href={`/jobs/${repository.busyJobId}`}>
            A job is writing to it now.
          </TextLink>
        </>
      ) : null}
    </>
  );
}

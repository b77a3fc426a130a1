import { RelativeTime } from "~/components/ui/relative-time";
import type { ClientDetail } from "../system/api";

/** The client's state in words: what it is and what follows from it. */
export function ClientSentence({ client }: { client: ClientDetail }) {
  const archive = client.lastArchiveAt ? (
    <>
      Last archive <RelativeTime at={client.lastArchiveAt} />.
    </>
  ) : (
    "No archive yet."
  );
  switch (client.state) {
    case "waiting":
      return <>Waiting for the machine: paste its line there.</>;
    case "preparing":
      return <>Enrolled; its account on the storage node is being made. This takes a few seconds.</>;
    case "problem":
      return <span className="text-fail">{client.problem ?? "Something is wrong with this client."}</span>;
    case "online":
      return <>Online: work reaches it at once. {archive}</>;
    case "offline":
      return (
        <>
          Not heard of since <RelativeTime at={client.lastSeenAt} />. Work waits until it calls again.{" "}
          {archive}
        </>
      );
  }
}

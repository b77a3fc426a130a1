import { Section } from "~/components/ui/section";
import type { ClientDetail } from "../system/api";
import { May } from "../system/may";
import { ClientTags } from "./client-tags";
import { EditTags } from "./edit-tags";

/** The words by which this client is found and granted. */
export function TagsOfClient({ client }: { client: ClientDetail }) {
  return (
    <Section
      title="Tags"
      action={
        <May action="manage-clients" client={client.id}>
          <EditTags key={client.tags.join(" ")} client={client} />
        </May>
      }
      boxed
    >
      {client.tags.length === 0 ? (
        <p className="text-ink-soft">None. With a tag, clients are found and shared with people together.</p>
      ) : (
        <ClientTags tags={client.tags} />
      )}
    </Section>
  );
}

"use client";

import { FolderOpen } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { Section } from "~/components/ui/section";
import type { ClientDetail } from "../system/api";
import { May } from "../system/may";
import { NoLookNote } from "./no-look-note";
import { whyNoLook } from "./why-no-look";

/** The way to the machine's live disk, or why there is none. Nothing before it is enrolled. */
export function DiskOfClient({ client }: { client: ClientDetail }) {
  if (!client.policy) return null;
  const why = whyNoLook(client);
  return (
    <May action="browse-live-disk" client={client.id}>
      <Section title="Live disk">
        {why ? (
          <NoLookNote why={why} />
        ) : (
          <div>
            <ButtonLink href={`/clients/${client.id}/disk`}>
              <FolderOpen aria-hidden />
              Look at its files
            </ButtonLink>
          </div>
        )}
      </Section>
    </May>
  );
}

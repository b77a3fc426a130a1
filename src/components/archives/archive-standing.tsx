"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleDashed, Lock, ShieldAlert, ShieldCheck, Trash2 } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

type Archive = Api["archives"]["get"];

/** How an archive stands in the vault: sealed or not yet, missing from a held repository, protected, in the trash. */
export function ArchiveStanding({ archive }: { archive: Archive }) {
  const trpc = useTRPC();
  const { data: vault } = useQuery(trpc.vault.get.queryOptions({ repositoryId: archive.repositoryId }));
  const missing = vault?.state?.hold?.evidence.some(
    (evidence) =>
      evidence.kind === "archives-missing" && evidence.archives.some((one) => one.borgId === archive.borgId),
  );
  return (
    <>
      {missing ? (
        <Badge tone="fail">
          <ShieldAlert aria-hidden />
          Missing: the repository is held
        </Badge>
      ) : archive.sealed ? (
        <Badge tone="ok">
          <ShieldCheck aria-hidden />
          Sealed
        </Badge>
      ) : (
        <Badge>
          <CircleDashed aria-hidden />
          Not sealed yet
        </Badge>
      )}
      {archive.isProtected ? (
        <Badge tone="ok">
          <Lock aria-hidden />
          Protected
        </Badge>
      ) : null}
      {archive.trashedAt ? (
        <Badge tone="warn">
          <Trash2 aria-hidden />
          In the trash
        </Badge>
      ) : null}
    </>
  );
}

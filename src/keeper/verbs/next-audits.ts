import type { Verb } from "../keeper";

export const nextAudits: Verb<"next-audits"> = async (keeper, { waitSeconds }, signal) => {
  const { audits, leases, repositories } = keeper;
  const isBusy = (repositoryId: string) => leases.isHeld(repositoryId, "write");
  const due = await audits.next(waitSeconds * 1000, isBusy, signal);
  return {
    repositories: due.flatMap((repositoryId) => {
      const record = repositories.find(repositoryId);
      return record?.borgId ? [{ clientId: record.clientId, repositoryId }] : [];
    }),
  };
};

import { endOf, readMark } from "../deletion/deletion-mark";
import { markForDeletion, takeMarkAway } from "../deletion/mark-for-deletion";
import { removeForGood } from "../deletion/remove-for-good";
import type { Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { demandNotHeld } from "../vault/hold";
import { closedWindows } from "../vault/windows";

export const markRepository: Verb<"mark-for-deletion"> = async (keeper, given) => {
  const { clientId, repositoryId, graceDays } = given;
  keeper.repositories.get(clientId, repositoryId);
  return { deleteAfter: endOf(await markForDeletion(keeper, repositoryId, graceDays)) };
};

export const undoDeletion: Verb<"undo-deletion"> = async (keeper, { clientId, repositoryId }) => {
  const record = keeper.repositories.find(repositoryId);
  if (record?.clientId !== clientId)
    throw new KeeperRefuses("repository-missing", "This storage node has no such repository of this client.");
  await takeMarkAway(keeper, repositoryId);
  return {};
};

/**
 * The one way in which a repository with archives ends. Believes nobody about the time: the mark and both clocks are our own, so whoever
 * takes over the worker or the database can ask for it and has to wait until people have noticed. A held one stays: it is
 * evidence. May run twice; after a crash it goes on.
 */
export const deleteRepository: Verb<"delete-repository"> = async (keeper, ids, signal) => {
  const { clientId, repositoryId } = ids;
  const record = keeper.repositories.find(repositoryId);
  const mark = await readMark(keeper.paths, repositoryId);
  if (record?.clientId !== clientId || (record.borgId === null && !mark?.begun))
    throw new KeeperRefuses("repository-missing", "This storage node has no such repository of this client.");
  await demandNotHeld(keeper.paths, repositoryId);
  if (mark === null)
    throw new KeeperRefuses("not-allowed", "This repository was not marked for deletion. Nothing was done.");
  const isOver = await closedWindows(keeper, repositoryId);
  if (!mark.begun && !isOver("delete", mark.markedAt, mark.graceDays))
    throw new KeeperRefuses(
      "not-allowed",
      `The repository may be deleted from ${endOf(mark).slice(0, 16).replace("T", " ")} UTC on, and when the storage server has run for ${mark.graceDays} days since it was marked. Nothing was done.`,
    );
  return removeForGood(keeper, ids, mark, signal);
};

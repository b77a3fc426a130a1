import type { Readable } from "node:stream";
import { type ArchiveItem, archiveItems } from "~/borg/archive-items";
import { LISTING_FORMAT } from "~/borg/listing";
import type { ArchivePart } from "~/protocol/restore-extras";
import { agentProblemOf, type BorgAccess, runForTask } from "../tasks/borg-access";
import { selectionBatches, xargsInput } from "../tasks/selection";
import type { TaskContext } from "../tasks/task";

/**
 * Goes through what borg would restore of one part, in its order, borg's own pace. Nothing is kept: a million items take no memory. Paths are
 * binary strings: one character for each byte.
 */
export async function listItems(
  part: ArchivePart,
  context: TaskContext,
  access: BorgAccess,
  onItem: (item: ArchiveItem) => void,
): Promise<void> {
  const location = `${access.url}::${part.archive.name}`;
  const list = ["list", "--log-json", "--bypass-lock", "--format", LISTING_FORMAT, location];
  for (const batch of selectionBatches(part.paths)) {
    const all = batch.length === 0;
    const borg = [context.borg.path, ...list];
    const [command = "", ...args] = all ? borg : ["xargs", "-0", "-x", "-s", "600000", ...borg, "--"];
    let reading = Promise.resolve();
    const end = await runForTask(context, {
      ...{ command, args, env: access.env, passphrase: access.passphrase, signal: context.signal },
      ...(all ? {} : { stdin: xargsInput(batch) }),
      onStdoutStream: (stdout) => {
        reading = read(stdout, onItem);
        // Its failure is told below; borg's own comes first.
        reading.catch(() => undefined);
      },
    });
    // xargs says 123 for whatever borg said.
    const problem = agentProblemOf(!all && end.exitCode === 123 ? { ...end, exitCode: 2 } : end);
    if (problem) throw problem;
    await reading;
  }
}

async function read(stdout: Readable, onItem: (item: ArchiveItem) => void): Promise<void> {
  const items = archiveItems();
  for await (const piece of stdout) for (const item of items.push(piece)) onItem(item);
  items.end();
}

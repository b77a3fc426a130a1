import { CopyLine } from "~/components/ui/copy-line";
import { undoLine } from "~/domain/database-restore-words";

/** How a restored database is put back to what it was: by the machine's administrator, with the database's own programs. */
export function UndoDatabase({ database }: { database: { name: string; safetyDump: string | null } }) {
  const { name, safetyDump } = database;
  const line = safetyDump === null ? null : undoLine(name, safetyDump);
  return (
    <div className="grid gap-2">
      <h3 className="font-medium">To undo it</h3>
      {line === null ? (
        <p className="wrap-anywhere text-ink-soft">Drop the database {name} on the machine: it is new.</p>
      ) : (
        <>
          <p className="text-ink-soft">
            On the machine, as an account that may; add host and user where the server wants them. What is in{" "}
            {name} now is lost then.
          </p>
          <CopyLine text={line} />
        </>
      )}
    </div>
  );
}

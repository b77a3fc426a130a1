import { useNow } from "~/components/ui/now";
import { exactTime } from "~/components/ui/relative-time";
import { Select } from "~/components/ui/select";
import type { Api } from "../system/api";

type Comparable = Api["archives"]["comparable"];

/** The other archive of a comparison. */
export function OtherArchive({
  older,
  newer,
  chosen,
  choose,
}: Pick<Comparable, "older" | "newer"> & { chosen: string | null; choose: (archiveId: string) => void }) {
  const { zone } = useNow();
  const choiceOf = (one: Comparable["older"][number], age: string) => ({
    value: one.archiveId,
    label: one.name,
    detail: `${exactTime(one.observedAt, zone)}, ${age}${one.isTrashed ? ", in the trash" : ""}`,
  });
  return (
    <div className="grid max-w-xl gap-1.5">
      <span className="font-medium" aria-hidden>
        Compared with
      </span>
      <Select
        aria-label="Compared with"
        placeholder="Choose an archive"
        value={chosen}
        onChange={choose}
        choices={[
          ...newer.map((one) => choiceOf(one, "newer")),
          ...older.map((one, at) => choiceOf(one, at === 0 ? "the one before" : "older")),
        ]}
      />
    </div>
  );
}

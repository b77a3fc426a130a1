import type { ReactNode } from "react";
import { TextLink } from "~/components/ui/text-link";
import { showPath } from "~/domain/archive-path";
import type { JobPayloadOf } from "~/domain/job-payload";
import { EXISTING_SAID, OWNERS_SAID } from "~/domain/restore-words";
import { AskedPaths, AskedText } from "./asked-text";
import type { JobDetail } from "./job-detail";

type Asked = JobPayloadOf<"restore">;
type Facts = (readonly [string, ReactNode])[];

/** Whether a job's payload is a restore's: no other kind has a target. */
export function isRestore(asked: JobDetail["payload"]): asked is Asked {
  return "target" in asked;
}

/** What a restore was asked to do, with each archive and what was wanted of it. */
export function askedOfRestore(asked: Asked): Facts {
  return asked.database ? askedOfDatabase(asked, asked.database) : askedOfFiles(asked);
}

function askedOfFiles(asked: Asked): Facts {
  const isDrill = asked.drill !== undefined;
  const { target, existing = "overwrite", owners = "keep", more = [] } = asked;
  const place = {
    "restore-folder": "The machine's restore folder",
    folder: target.kind === "folder" ? target.path : "",
    original: "The original place",
  }[target.kind];
  return [
    ...[asked, ...more].flatMap((part, at): Facts => {
      const which = at === 0 ? "Archive" : `Then archive ${at + 1}`;
      const paths = part.paths.map((path) => `/${showPath(path)}`);
      return [
        [which, <ArchiveLink key="archive" id={part.archiveId} name={part.archiveName} />],
        [
          at === 0 ? "What" : `Of archive ${at + 1}`,
          paths.length === 0 ? "everything" : <AskedPaths key="paths" paths={paths} />,
        ],
      ];
    }),
    ["Where to", isDrill ? `${place}, to be hashed there and removed again` : place],
    ...(target.kind === "restore-folder" ? [] : [["What is there", EXISTING_SAID[existing]] as const]),
    ...(isDrill ? [] : [["Owners", OWNERS_SAID[owners]] as const]),
    ...(asked.dryRun ? [["Dry run", "only tells what would be written"] as const] : []),
    ...(asked.resumes
      ? [
          [
            "Resumes",
            <TextLink key="resumes" href={`/jobs/${asked.resumes}`}>
              the restore that was cut off
            </TextLink>,
          ] as const,
        ]
      : []),
  ];
}

function askedOfDatabase(asked: Asked, database: NonNullable<Asked["database"]>): Facts {
  return [
    ["Archive", <ArchiveLink key="archive" id={asked.archiveId} name={asked.archiveName} />],
    ["Dump", <AskedText key="dump" text={database.dump} />],
    ["Database", `${database.into} of ${database.entry}`],
    [
      "How",
      database.replace === false
        ? "a new one; one of that name is left as it is"
        : "in place of what is there, after a dump of it",
    ],
  ];
}

function ArchiveLink({ id, name }: { id: string; name: string }) {
  return (
    <TextLink href={`/archives/${id}`} className="wrap-anywhere">
      {name}
    </TextLink>
  );
}

import { type JobOrder, LANES } from "~/protocol/v1";

type Lane = (typeof LANES)[number];

/** How many jobs of a lane an agent works on at once. Several looks: a dry run of minutes must not keep a folder from being opened. */
const PLACES: Record<Lane, number> = { backup: 1, restore: 1, look: 4 };

const LANE_OF: Record<JobOrder["kind"], Lane> = {
  backup: "backup",
  restore: "restore",
  "browse-disk": "look",
  "dry-run": "look",
  "find-gaps": "look",
  "update-agent": "look",
};

/** Lanes with a free place beside these jobs. */
export function freeLanesBeside(kinds: readonly JobOrder["kind"][]): Lane[] {
  return LANES.filter((lane) => kinds.filter((kind) => LANE_OF[kind] === lane).length < PLACES[lane]);
}

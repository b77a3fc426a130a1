/** The address of the restore wizard, with what is to be restored: everything, a database, or what the archive's page has in its address. */
export function restoreAddress(given: {
  archiveId: string;
  all?: boolean;
  database?: boolean;
  /** Everything as it was before a suspicious run of the archive's plan. */
  clean?: boolean;
  pick?: string;
}) {
  const query = new URLSearchParams({ archive: given.archiveId });
  if (given.all) query.set("all", "true");
  else if (given.clean) query.set("clean", "true");
  else if (given.database) query.set("database", "true");
  else if (given.pick) query.set("pick", given.pick);
  return `/restore?${query.toString()}` as const;
}

import { KeeperRefuses } from "./refusal";

/**
 * `REPOSITORY::ARCHIVE` as borg 1.x reads it: braces are placeholders there (`{now}`), so they are doubled. Refuses names that borg's
 * parser would take for something else. A leading dash is harmless behind the repository's path.
 */
export function archiveLocation(repositoryPath: string, archiveName: string): string {
  if (/[/\0]|::/.test(archiveName) || archiveName.trim() !== archiveName)
    throw new KeeperRefuses("bad-request", "That is not a name borg can address.");
  return `${repositoryPath}::${archiveName}`.replaceAll("{", "{{").replaceAll("}", "}}");
}

/** A repository's path as borg's argument. */
export function repositoryLocation(repositoryPath: string): string {
  return repositoryPath.replaceAll("{", "{{").replaceAll("}", "}}");
}

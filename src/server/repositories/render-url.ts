/** The path of a repository as borg's ssh URL wants it: below the home that the gate sets for the client's account. */
export function repositoryPath(repositoryId: string): string {
  return `/~/repos/${repositoryId}`;
}

/** A repository's URL for a person to read or to use with borg by hand. Rendered each time, never stored. */
export function renderUrl(
  target: { user: string; host: string; port: number },
  repositoryId: string,
): string {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return `ssh://${target.user}@${host}:${target.port}${repositoryPath(repositoryId)}`;
}

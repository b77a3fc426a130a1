/** The first file or folder of `paths` (with everything below, and every folder above) that an account other than root could change; null when there is none. */
export function findUntrusted(paths: readonly string[]): { path: string; why: string } | null;

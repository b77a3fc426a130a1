/** How a release came to this server. `build`: with the program that runs. */
export const RELEASE_SOURCES = ["upload", "feed", "folder", "build"] as const;
export type ReleaseSource = (typeof RELEASE_SOURCES)[number];

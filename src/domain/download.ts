/** How files leave an archive: one file as it is, several packed, or one to be looked at in the console. */
export const DOWNLOAD_FORMATS = ["file", "zip", "tar.zst", "preview"] as const;
export type DownloadFormat = (typeof DOWNLOAD_FORMATS)[number];

/** Largest file that is shown in the console. */
export const MOST_PREVIEW_BYTES = 10 * 1024 * 1024;

/** Most paths of one download; a folder is one. */
export const MOST_DOWNLOAD_PATHS = 1000;

/** Most bytes of all its paths together: they reach borg on one command line. */
export const MOST_DOWNLOAD_PATH_BYTES = 256 * 1024;

/** A zip has a list of its files at its end, kept in memory until then. What holds more goes as tar.zst, which has none. */
export const MOST_ZIP_FILES = 50_000;

/** How long a ticket waits for the browser that asked for it. */
export const TICKET_SECONDS = 120;

/** Downloads that one person may have under way at the same time. */
export const MOST_DOWNLOADS_EACH = 3;

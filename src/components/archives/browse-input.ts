import type { FolderOrder } from "~/domain/folder-order";

/** Entries that are asked for at once; the next ones when one comes near their end. */
const PAGE = 500;

/** Entries that are weighed; folders come first, so what is left out is small files beside a thousand folders. */
const MOST_WEIGHED = 1000;

/** The request for a page of a folder, the same in the browser and where the page is prepared. */
export function browseInput(given: {
  archiveId: string;
  path: string;
  by: FolderOrder;
  reversed: boolean;
  page?: number;
}) {
  const { archiveId, path, by, reversed, page = 0 } = given;
  return {
    ...{ id: archiveId, path, order: by, reversed, limit: PAGE },
    ...(page > 0 ? { cursor: String(page * PAGE) } : {}),
  };
}

/** The request for what is biggest in a folder. */
export function biggestInput({ archiveId, path }: { archiveId: string; path: string }) {
  return { id: archiveId, path, order: "size" as const, limit: MOST_WEIGHED };
}

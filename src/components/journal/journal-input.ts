/** What the Journal page asks for, on the server and in the browser alike. */
export const JOURNAL_PAGE = { limit: 50 } as const;

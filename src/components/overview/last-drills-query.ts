/** What the last drills ask. The page asks the same ahead. */
export const LAST_DRILLS = { limit: 3 };

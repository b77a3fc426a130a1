/** Context of a request that may take long: it travels by itself, so that the short ones of its moment do not wait for it. */
export const ALONE = { alone: true } as const;

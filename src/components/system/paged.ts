/** How every list is paged: the answer says where the next page begins; null: this was the last. */
export const PAGED = {
  getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor,
};

/** What is asked for the preview of a profile by what stands in the address. */
export function previewInput(id: string, filters: Record<string, string | string[] | null | undefined>) {
  return {
    id,
    limit: 50,
    ...(typeof filters.search === "string" && filters.search !== ""
      ? { search: filters.search.slice(0, 200) }
      : {}),
    ...(filters.applied === "yes" ? { applied: true } : {}),
  };
}

/** What narrows a search for files down, as it stands in an address: texts as a person typed them. */
export interface FileFilters {
  q: string;
  ext: string;
  /** A client's id. */
  in: string;
  least: string;
  most: string;
  /** Days, `2026-11-23`, both included. */
  from: string;
  to: string;
  deleted: string;
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 },
};

/** Bytes of `10M`, `1.5 GiB`, `200 kb`, `4096`, in binary units as sizes are shown; null for what is no size. */
export function typedSize(text: string): number | null {
  const [, amount, unit] = /^\s*(\d{1,15}(?:[.,]\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text) ?? [];
  if (amount === undefined) return null;
  const bytes = Number(amount.replace(",", ".")) * (UNITS[unit?.toLowerCase() ?? ""] ?? 1);
  return Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : null;
}

/** What may be typed in front of a colon, and the filter that it sets. */
const KEYS: Readonly<Record<string, keyof FileFilters>> = {
  ...{ ext: "ext", larger: "least", smaller: "most", after: "from", before: "to", is: "deleted" },
};

const FITS: Partial<Record<keyof FileFilters, (value: string) => boolean>> = {
  least: (value) => typedSize(value) !== null,
  most: (value) => typedSize(value) !== null,
  from: (value) => /^\d{4}-\d\d-\d\d$/.test(value),
  to: (value) => /^\d{4}-\d\d-\d\d$/.test(value),
  deleted: (value) => value === "deleted",
};

/**
 * Takes filters out of what was typed: `report ext:pdf larger:10M after:2026-01-01 is:deleted`. The last word is left as it is while it is still
 * being written; with `finished` it is taken too. What does not fit (`larger:much`) stays text.
 */
export function takeFilters(
  text: string,
  finished: boolean,
): { text: string; filters: Partial<FileFilters> } {
  const filters: Partial<FileFilters> = {};
  const rest = text.replace(
    /(?:^|\s)([a-z]+):(\S+)(?=(\s|$))/gi,
    (whole, key: string, value: string, end: string) => {
      const name = KEYS[key.toLowerCase()];
      if (name === undefined || (end === "" && !finished) || FITS[name]?.(value) === false) return whole;
      filters[name] = name === "deleted" ? "yes" : name === "ext" ? value.replace(/^\*?\./, "") : value;
      return "";
    },
  );
  return { text: Object.keys(filters).length > 0 ? rest.replace(/^\s+/, "") : text, filters };
}

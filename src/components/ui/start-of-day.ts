/** The first moment of a day written `2026-11-23` where this runs, or of one some days `later`; null for anything else. */
export function startOfDay(day: string | string[] | null | undefined, later = 0): Date | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(typeof day === "string" ? day : "") ?? [];
  if (!year) return null;
  const at = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(at.getTime()) ? null : at;
}

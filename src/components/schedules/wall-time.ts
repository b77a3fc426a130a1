/** "02:00" on the wall clock of a zone. */
export function timeIn(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at);
}

/** "Tue 24 Nov, 02:00" on the wall clock of a zone. */
export function dayAndTimeIn(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
    timeZone,
  }).format(at);
}

/** "Tue 24 Nov" of a day since 1970-01-01. */
export function dayName(day: number): string {
  return new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short" },
    timeZone: "UTC",
  }).format(new Date(day * 86_400_000));
}

/** "02:00" of an hour of the day. */
export function hourName(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

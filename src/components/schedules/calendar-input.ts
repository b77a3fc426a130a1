import { type CalendarView, readIsoDay } from "~/domain/calendar-grid";
import { isIdText } from "~/domain/id-text";

/** What the calendar shows, by its names in the address: `view`, `day` (2026-11-23) and a client. */
export const CALENDAR_KEYS = ["view", "day", "clientId"] as const;
export type CalendarKeys = Partial<Record<(typeof CALENDAR_KEYS)[number], string | null>>;

export interface CalendarChoice {
  view: CalendarView;
  /** Null: today. */
  day: number | null;
  clientId: string | null;
}

/** What stands in the address; what is not understood there is the usual. */
export function calendarChoice(keys: CalendarKeys): CalendarChoice {
  return {
    view: keys.view === "day" ? "day" : "week",
    day: readIsoDay(keys.day),
    clientId: isIdText(keys.clientId) ? keys.clientId : null,
  };
}

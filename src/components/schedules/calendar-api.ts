import type { Api } from "../system/api";

/** One time at which something was or will be due, as the calendar has it. */
export type CalendarEntry = Api["schedules"]["calendar"]["entries"][number];

import { ALERT_SEVERITIES } from "~/domain/alert";
import { SEVERITY_WORDS } from "~/domain/alert-words";

/** From which gravity on one wants to be told. */
export const SEVERITY_CHOICES = ALERT_SEVERITIES.map((severity) => ({
  value: severity,
  label: severity === "critical" ? SEVERITY_WORDS.critical : `${SEVERITY_WORDS[severity]} and graver`,
}));

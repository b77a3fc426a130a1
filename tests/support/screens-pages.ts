import type { SeededFleet } from "./screens-seed";

/** A page of the console and its address. */
export interface ScreenPage {
  name: string;
  path: string;
  /** Without a signed-in person. */
  signedOut?: boolean;
}

const LISTS: readonly ScreenPage[] = [
  { name: "overview", path: "/" },
  { name: "clients", path: "/clients" },
  { name: "add-client", path: "/clients/new" },
  { name: "plans", path: "/plans" },
  { name: "plan-new", path: "/plans/new" },
  { name: "profiles", path: "/plans/profiles" },
  { name: "profile-new", path: "/plans/profiles/new?kind=profile" },
  { name: "template-copied", path: "/plans/profiles/new?kind=template&from=web-server" },
  { name: "calendar", path: "/calendar" },
  { name: "calendar-day", path: "/calendar?view=day" },
  { name: "jobs", path: "/jobs" },
  { name: "archives", path: "/archives" },
  { name: "archives-trash", path: "/archives?trashed=yes" },
  { name: "repositories", path: "/repositories" },
  { name: "repositories-import", path: "/repositories/import" },
  { name: "repository-new", path: "/repositories/new" },
  { name: "vault", path: "/incidents" },
  { name: "alerts", path: "/alerts" },
  { name: "alerts-past", path: "/alerts?which=past" },
  { name: "settings-alerts", path: "/settings/alerts" },
  { name: "people", path: "/people" },
  { name: "journal", path: "/journal" },
  { name: "security", path: "/security" },
  { name: "attack-lab", path: "/security/attack-lab" },
  { name: "security-report", path: "/security/report" },
  { name: "settings-journal", path: "/settings/journal" },
  { name: "report-a-vulnerability", path: "/report-a-vulnerability", signedOut: true },
  { name: "tokens", path: "/settings/tokens" },
  { name: "account", path: "/account" },
  { name: "settings-sign-in", path: "/settings/sign-in" },
  { name: "oidc", path: "/settings/oidc" },
  { name: "mail", path: "/settings/mail" },
  { name: "outgoing", path: "/settings/outgoing" },
  { name: "maintenance", path: "/settings/maintenance" },
  { name: "queue-settings", path: "/settings/queue" },
  { name: "forgot-password", path: "/forgot-password", signedOut: true },
  { name: "reset-password-dead", path: "/reset-password?token=nosuchlink", signedOut: true },
  { name: "account-security", path: "/account/security" },
  { name: "not-found", path: "/clients/nosuchclient" },
  { name: "sign-in", path: "/sign-in", signedOut: true },
  { name: "sign-in-refused", path: "/sign-in?error=oidc-unverified", signedOut: true },
  { name: "join-invalid", path: "/join?token=nonsense", signedOut: true },
];

export function emptyPages(): readonly ScreenPage[] {
  return LISTS;
}

export function filledPages(fleet: SeededFleet): readonly ScreenPage[] {
  const { clientIds, jobs, vault, people, catalog } = fleet;
  return [
    ...LISTS,
    { name: "journal-filtered", path: "/journal?group=plans" },
    { name: "journal-entry", path: "/journal?entry=1" },
    { name: "clients-filtered", path: "/clients?state=problem" },
    { name: "client", path: `/clients/${clientIds["web-01"]}` },
    { name: "client-waiting", path: `/clients/${clientIds["reception-pc"]}` },
    { name: "client-problem", path: `/clients/${clientIds["nas-office"]}` },
    { name: "client-offline", path: `/clients/${clientIds["laptop-ada"]}` },
    { name: "clients-tagged", path: "/clients?tag=berlin" },
    { name: "person", path: `/people/${people.userId}` },
    { name: "person-admin", path: `/people/${people.adminId}` },
    { name: "person-pending", path: `/people/${people.pendingId}` },
    { name: "join", path: `/join?token=${people.joinToken}`, signedOut: true },
    { name: "alert", path: `/alerts/${fleet.alertId}` },
    { name: "plan", path: `/plans/${fleet.planId}` },
    { name: "archive-databases", path: `/archives/${fleet.databases.archiveId}` },
    {
      name: "restore-database",
      path: `/restore?archive=${fleet.databases.archiveId}&database=true`,
    },
    {
      name: "restore-database-where",
      path: `/restore?archive=${fleet.databases.archiveId}&database=true&dump=databases%2Fmain%2Faccounts.dump&step=where`,
    },
    {
      name: "restore-database-check",
      path: `/restore?archive=${fleet.databases.archiveId}&database=true&dump=databases%2Fmain%2Faccounts.dump&as=same&step=how`,
    },
    { name: "job-database-restored", path: `/jobs/${fleet.databases.restoredId}` },
    { name: "job-running", path: `/jobs/${jobs.running}` },
    { name: "job-failed", path: `/jobs/${jobs.failed}` },
    { name: "job-warned", path: `/jobs/${jobs.warned}` },
    { name: "job-waiting", path: `/jobs/${jobs.waiting}` },
    { name: "job-blocked", path: `/jobs/${jobs.blocked}` },
    { name: "job-silent", path: `/jobs/${jobs.silent}` },
    { name: "job-stopping", path: `/jobs/${jobs.stopping}` },
    { name: "job-restore-cut-off", path: `/jobs/${jobs.cutOff}` },
    {
      name: "restore-dry-run",
      path: `/restore?archive=${fleet.archiveId}&all=true&step=how&to=folder&folder=/srv/restore&dry=${jobs.dryRun}`,
    },
    { name: "restore-download", path: `/restore?archive=${fleet.archiveId}&pick=ZXRj&step=how&to=download` },
    { name: "job-restored", path: `/jobs/${jobs.restored}` },
    { name: "archive", path: `/archives/${fleet.archiveId}` },
    {
      name: "archive-tree",
      path: `/archives/${catalog.archiveId}?at=c3J2&open=c3J2L21haWw&pick=c3J2L21haWwvYWRh`,
    },
    { name: "archive-missed", path: `/archives/${catalog.archiveId}?at=c3J2&missed=c3J2L25vd2hlcmU` },
    { name: "archive-compare", path: `/archives/${catalog.archiveId}/compare` },
    { name: "archive-biggest", path: `/archives/${catalog.archiveId}/biggest?at=c3J2` },
    { name: "archives-search", path: "/archives?q=2026&least=1M" },
    { name: "archives-nothing", path: "/archives?q=no+such+file" },
    { name: "file-versions", path: `/archives/file?repository=${catalog.repositoryId}&path=${catalog.file}` },
    { name: "archive-picked", path: `/archives/${fleet.archiveId}?pick=ZXRj.YmFja3VwLW5vdGVzLnR4dA&by=size` },
    { name: "restore-what", path: `/restore?archive=${fleet.archiveId}&pick=ZXRj.YmFja3VwLW5vdGVzLnR4dA` },
    {
      name: "restore-where",
      path: `/restore?archive=${fleet.archiveId}&all=true&step=where&to=folder&folder=/opt`,
    },
    {
      name: "restore-how",
      path: `/restore?archive=${fleet.archiveId}&all=true&step=how&to=original&existing=overwrite`,
    },
    {
      name: "restore-another",
      path: `/restore?archive=${fleet.archiveId}&all=true&step=where&to=another&onto=${clientIds["db-01"]}`,
    },
    { name: "restore-path", path: `/restore?archive=${fleet.archiveId}&pick=ZXRj&find=path` },
    { name: "restore-start", path: "/restore" },
    { name: "jobs-filtered", path: "/jobs?state=attention&kind=backup" },
    { name: "plan-rich", path: `/plans/${fleet.profiles.richPlanId}` },
    { name: "plan-rich-edit", path: `/plans/${fleet.profiles.richPlanId}/edit` },
    { name: "profile", path: `/plans/profiles/${fleet.profiles.profileId}` },
    { name: "profile-edit", path: `/plans/profiles/${fleet.profiles.profileId}/edit` },
    { name: "plan-edit", path: `/plans/${fleet.planId}/edit` },
    { name: "repository", path: `/repositories/${fleet.repositoryId}` },
    { name: "repository-held", path: `/repositories/${vault.heldRepositoryId}` },
    { name: "repository-partly-sealed", path: `/repositories/${vault.partlySealedRepositoryId}` },
    { name: "incident-held", path: `/incidents/${vault.heldIncidentId}` },
    { name: "incident-rolled-back", path: `/incidents/${vault.rolledBackIncidentId}` },
    { name: "incident-accepted", path: `/incidents/${vault.acceptedIncidentId}` },
    { name: "archive-trashed", path: `/archives/${vault.trashedArchiveId}` },
    { name: "archive-protected", path: `/archives/${vault.protectedArchiveId}` },
    { name: "job-rolled-back", path: `/jobs/${vault.rollBackJobId}` },
    { name: "job-not-compacted", path: `/jobs/${vault.compactJobId}` },
    { name: "repository-failed", path: `/repositories/${fleet.failedRepositoryId}` },
  ];
}

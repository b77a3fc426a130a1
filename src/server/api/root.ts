import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { accountRouter } from "./routers/account";
import { alertChannelsRouter } from "./routers/alert-channels";
import { alertsRouter } from "./routers/alerts";
import { archivesRouter } from "./routers/archives";
import { clientsRouter } from "./routers/clients";
import { confirmRouter } from "./routers/confirm";
import { digestsRouter } from "./routers/digests";
import { downloadsRouter } from "./routers/downloads";
import { jobsRouter } from "./routers/jobs";
import { joinRouter } from "./routers/join";
import { journalRouter } from "./routers/journal";
import { liveRouter } from "./routers/live";
import { looksRouter } from "./routers/looks";
import { mailSettingsRouter } from "./routers/mail-settings";
import { maintenanceSettingsRouter } from "./routers/maintenance-settings";
import { meRouter } from "./routers/me";
import { oidcSettingsRouter } from "./routers/oidc-settings";
import { outgoingSettingsRouter } from "./routers/outgoing-settings";
import { overviewRouter } from "./routers/overview";
import { passwordResetRouter } from "./routers/password-reset";
import { peopleRouter } from "./routers/people";
import { planProfilesRouter } from "./routers/plan-profiles";
import { plansRouter } from "./routers/plans";
import { pushAlertsRouter } from "./routers/push-alerts";
import { queueSettingsRouter } from "./routers/queue-settings";
import { reportsRouter } from "./routers/reports";
import { repositoriesRouter } from "./routers/repositories";
import { repositoryImportsRouter } from "./routers/repository-imports";
import { restoresRouter } from "./routers/restores";
import { schedulesRouter } from "./routers/schedules";
import { secondFactorRouter } from "./routers/second-factor";
import { securityRouter } from "./routers/security";
import { selfBackupsRouter } from "./routers/self-backups";
import { setupRouter } from "./routers/setup";
import { signInSettingsRouter } from "./routers/sign-in-settings";
import { signInStepsRouter } from "./routers/sign-in-steps";
import { systemRouter } from "./routers/system";
import { tokensRouter } from "./routers/tokens";
import { updatesRouter } from "./routers/updates";
import { vaultRouter } from "./routers/vault";
import { createCallerFactory, router } from "./trpc";

/** Everything people and scripts can ask. Edit when a room gets its first procedure. */
export const appRouter = router({
  account: accountRouter,
  alertChannels: alertChannelsRouter,
  alerts: alertsRouter,
  archives: archivesRouter,
  clients: clientsRouter,
  confirm: confirmRouter,
  digests: digestsRouter,
  downloads: downloadsRouter,
  jobs: jobsRouter,
  join: joinRouter,
  journal: journalRouter,
  live: liveRouter,
  looks: looksRouter,
  mailSettings: mailSettingsRouter,
  maintenanceSettings: maintenanceSettingsRouter,
  me: meRouter,
  oidcSettings: oidcSettingsRouter,
  outgoingSettings: outgoingSettingsRouter,
  overview: overviewRouter,
  people: peopleRouter,
  passwordReset: passwordResetRouter,
  planProfiles: planProfilesRouter,
  plans: plansRouter,
  pushAlerts: pushAlertsRouter,
  queueSettings: queueSettingsRouter,
  selfBackups: selfBackupsRouter,
  repositories: repositoriesRouter,
  repositoryImports: repositoryImportsRouter,
  reports: reportsRouter,
  restores: restoresRouter,
  schedules: schedulesRouter,
  secondFactor: secondFactorRouter,
  security: securityRouter,
  setup: setupRouter,
  signInSettings: signInSettingsRouter,
  signInSteps: signInStepsRouter,
  system: systemRouter,
  tokens: tokensRouter,
  updates: updatesRouter,
  vault: vaultRouter,
});

export type AppRouter = typeof appRouter;
export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** Calls procedures without HTTP: tests do. */
export const createCaller = createCallerFactory(appRouter);

import type { Page } from "@playwright/test";

/** Waits until a form's button can be pressed: its page listens from then on, and what is typed stays. */
export async function untilListening(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true, disabled: false }).waitFor();
}

/** Signs in on the sign-in page that is open. */
export async function signInHere(page: Page, who: { email: string; password: string }): Promise<void> {
  await untilListening(page, "Sign in");
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

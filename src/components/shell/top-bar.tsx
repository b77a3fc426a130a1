import { AlertMark } from "./alert-count";
import { CommandButton } from "./command-button";
import { MeMenu } from "./me-menu";
import { PhoneNav } from "./phone-nav";
import { RunningStrip } from "./running-strip";
import { ShellLiveMark } from "./shell-live-mark";

/** The bar above every page. */
export function TopBar() {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-panel px-3 sm:px-4">
      <PhoneNav />
      <CommandButton />
      <div className="ml-auto flex min-w-0 items-center gap-1 sm:gap-3">
        <RunningStrip />
        <AlertMark />
        <ShellLiveMark />
        <MeMenu />
      </div>
    </header>
  );
}

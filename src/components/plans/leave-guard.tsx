"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";

/**
 * Asks before unsaved changes are lost: on links of the page, on closing the tab, and on Back where the browser lets a page hold it
 * (Navigation API).
 */
export function LeaveGuard({ active }: { active: boolean }) {
  const router = useRouter();
  const [leave, setLeave] = useState<(() => void) | null>(null);
  useEffect(() => {
    if (!active) return;
    let leaving = false;
    const onUnload = (event: BeforeUnloadEvent) => {
      if (!leaving) event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      const href = linkOf(event);
      if (href === null || leaving) return;
      event.preventDefault();
      event.stopPropagation();
      setLeave(() => () => {
        leaving = true;
        router.push(href);
      });
    };
    const onNavigate = (event: Event) => {
      if (leaving || !event.cancelable || Reflect.get(event, "navigationType") !== "traverse") return;
      event.preventDefault();
      setLeave(() => () => {
        leaving = true;
        window.history.back();
      });
    };
    const navigation: unknown = Reflect.get(window, "navigation");
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, true);
    if (navigation instanceof EventTarget) navigation.addEventListener("navigate", onNavigate);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, true);
      if (navigation instanceof EventTarget) navigation.removeEventListener("navigate", onNavigate);
    };
  }, [active, router]);
  return (
    <Dialog
      title="Leave without saving?"
      open={leave !== null}
      onOpenChange={(open) => (open ? undefined : setLeave(null))}
      footer={
        <>
          <Button onClick={() => setLeave(null)}>Stay here</Button>
          <Button
            variant="destroy"
            onClick={() => {
              setLeave(null);
              leave?.();
            }}
          >
            Leave
          </Button>
        </>
      }
    >
      <p>What you have changed on this page is not saved yet and would be lost.</p>
    </Dialog>
  );
}

/** The address within the console that a plain click on a link goes to; null for anything else. */
function linkOf(event: MouseEvent): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target === "_blank" || link.origin !== window.location.origin) return null;
  if (link.pathname === window.location.pathname) return null;
  return `${link.pathname}${link.search}${link.hash}`;
}

"use client";

import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { type ReactNode, useMemo } from "react";

const manager = Base.createToastManager();

/** Says what came of an action, from anywhere in the browser. `failed` stays until it is closed. */
export const toast = {
  done: (title: string, description?: ReactNode) =>
    manager.add({ type: "done", title, description, timeout: 5000 }),
  failed: (title: string, description?: ReactNode) =>
    manager.add({ type: "failed", title, description, timeout: 0, priority: "high" }),
};

/** Where toasts appear; once, in the root layout. */
export function Toaster({ children }: { children: ReactNode }) {
  const toastManager = useMemo(() => manager, []);
  return (
    <Base.Provider toastManager={toastManager}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-50 grid w-96 max-w-[calc(100vw-2rem)] gap-2 outline-none">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const { toasts } = Base.useToastManager();
  return toasts.map((item) => (
    <Base.Root
      key={item.id}
      toast={item}
      className="rounded-md border border-line-strong bg-raised p-3 transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0"
    >
      <Base.Content className="flex items-start gap-2">
        {item.type === "failed" ? (
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
        ) : (
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
        )}
        <div className="grid gap-0.5">
          <Base.Title className="font-medium" />
          <Base.Description className="text-ink-soft" />
        </div>
        <Base.Close aria-label="Dismiss" className="ml-auto rounded-sm p-0.5 text-ink-soft hover:text-ink">
          <X aria-hidden className="size-4" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

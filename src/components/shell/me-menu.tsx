"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { useEffect, useState } from "react";
import { chooseTheme, currentTheme, readTheme, type Theme } from "~/components/system/theme";
import { Button } from "~/components/ui/button";
import {
  Menu,
  MenuItem,
  MenuLink,
  MenuNote,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
} from "~/components/ui/menu";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";

/** Who is signed in, the colours of this browser, and the way out. */
export function MeMenu() {
  const trpc = useTRPC();
  const { data: me } = useSuspenseQuery(trpc.me.get.queryOptions());
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(currentTheme()), []);
  function choose(value: string) {
    const next = readTheme(value);
    chooseTheme(next);
    setTheme(next);
  }
  return (
    <Menu
      trigger={
        <Button variant="quiet" className="px-2" aria-label={`You are ${me.name}: account and appearance`}>
          <UserRound aria-hidden />
          <span className="hidden max-w-32 truncate lg:inline">{me.name}</span>
        </Button>
      }
    >
      <MenuNote>
        <span className="block font-medium text-ink">{me.name}</span>
        {me.email}
      </MenuNote>
      <MenuSeparator />
      <MenuRadioGroup value={theme} onValueChange={choose}>
        <MenuRadioItem value="light">
          <Sun aria-hidden /> Light
        </MenuRadioItem>
        <MenuRadioItem value="dark">
          <Moon aria-hidden /> Dark
        </MenuRadioItem>
        <MenuRadioItem value="system">
          <Monitor aria-hidden /> As the system
        </MenuRadioItem>
      </MenuRadioGroup>
      <MenuSeparator />
      <MenuLink href="/account">Your account</MenuLink>
      <MenuLink href="/settings/tokens">API tokens</MenuLink>
      <MenuItem onClick={() => void leave()}>
        <LogOut aria-hidden /> Sign out
      </MenuItem>
    </Menu>
  );
}

/** The code for it is loaded when it is wanted. A server that does not answer leaves one signed in, which is said. */
async function leave(): Promise<void> {
  try {
    const { signOut } = await import("next-auth/react");
    await signOut({ callbackUrl: "/sign-in" });
  } catch {
    toast.failed("You are still signed in", "The server did not answer. Try again in a minute.");
  }
}

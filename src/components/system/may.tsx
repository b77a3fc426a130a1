"use client";

import type { ReactNode } from "react";
import type { Action } from "~/domain/permission";
import { useMay, useMayAdminister } from "./use-may";

/** Draws its children for whoever may do `action` with this client (without one: with any), else `otherwise`: nothing, or why not. */
export function May({
  action,
  client,
  otherwise = null,
  children,
}: {
  action: Action;
  client?: string;
  otherwise?: ReactNode;
  children: ReactNode;
}) {
  return useMay(action, client) ? children : otherwise;
}

/** The same for what is an admin's. */
export function MayAdminister({
  otherwise = null,
  children,
}: {
  otherwise?: ReactNode;
  children: ReactNode;
}) {
  return useMayAdminister() ? children : otherwise;
}

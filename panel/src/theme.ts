// Dark or light: the system's wish unless the viewer chose here.

import { signal } from "@preact/signals";

export type Theme = "system" | "dark" | "light";
const KEY = "levibot.theme";

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return value === "dark" || value === "light" ? value : "system";
}

export const theme = signal<Theme>(stored());

export function applyTheme(): void {
  theme.subscribe((choice) => {
    if (choice === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = choice;
  });
}

export function chooseTheme(choice: Theme): void {
  if (choice === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  theme.value = choice;
}

/** The colours in force, for what is drawn on a canvas. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

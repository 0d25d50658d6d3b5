/** The shapes of the settings' API, as docs/desk.md tells them. */
export type SettingKind =
  | "number"
  | "integer"
  | "switch"
  | "text"
  | "choice"
  | "time"
  | "hours"
  | "span"
  | "map"
  | "slots"
  | "json"

export interface Setting {
  key: string
  value: unknown
  original: unknown
  live: boolean
  kind: SettingKind
  nullable: boolean
  choices: string[]
  least: number | null
  most: number | null
  by: string
  at: string | null
}

export interface Section {
  name: string
  plugin: boolean
  items: Setting[]
}

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const

/** A post of every week to groups, by their names in the settings. */
export interface WeeklySlot {
  name: string
  day: (typeof DAYS)[number]
  time: string
  groups: string[]
  text: string
  file: string | null // instead of the text
}

/** A setting's value in one line, as people read it. */
export function plain(value: unknown, words: { yes: string; no: string; none: string; many: (n: number) => string }): string {
  if (value === null || value === "" || (Array.isArray(value) && !value.length)) return words.none
  if (typeof value === "boolean") return value ? words.yes : words.no
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ")
  if (Array.isArray(value)) return words.many(value.length)
  if (typeof value !== "object") return String(value).replace(/^(\d\d:\d\d):00$/, "$1")
  const pairs = Object.entries(value)
  if (!pairs.length) return words.none
  return pairs.every(([, one]) => typeof one !== "object") ? pairs.map(([name, one]) => `${name}: ${plain(one, words)}`).join(", ") : JSON.stringify(value)
}

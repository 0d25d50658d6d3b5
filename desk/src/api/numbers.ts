/** The shapes of what the numbers say, as docs/desk.md tells them, and how figures are written. */
import { words } from "../time"
import type { Metric, Value } from "./types"

export type Step = "helped" | "taken" | "prompt" | "solved" | "well" | "lasting"

export interface Insight {
  text: string
  to: "learning" | "numbers" | "complaints"
  query: Record<string, string>
}

export interface Link {
  name: Step
  text: string
  whole: number
  part: number
  lost: number
  share: number | null
  target: number
  hour: number | null
  topic: string | null
  insight: Insight | null
}

export interface Chain {
  links: Link[]
  weakest: Step | null
}

export interface Lost {
  id: number
  conversation: number
  name: string
  channel: string
  began_at: string
  topic: string
  agent: string
  result: string
  score: number | null
}

export interface Stage {
  name: string
  text: string
  begins: number
  value: Value
}

export interface Stages {
  bounds: number[]
  stages: Stage[]
  late: { queue: number; reply: number }
}

export interface Rise {
  kind: "class" | "entry" | "missed"
  key: string
  text: string
  count: number
  before: number
  ratio: number | null
}

export interface Rising {
  from: string
  to: string
  weeks: number
  items: Rise[]
}

export interface Kept {
  id: number
  kind: "week" | "month"
  begin: string
  end: string
  made_at: string
}

export const share = (number: number | null): string => (number === null ? "–" : `${(number * 100).toFixed(1)}%`)

/** The number of a metric that stands for the others. */
export function main(of: Metric, value: Value | undefined): number | null {
  if (!value) return null
  if (of.unit === "count") return value.count
  return of.unit === "seconds" ? value.p50 : value.mean
}

export function shown(of: Metric, number: number | null): string {
  if (number === null) return "–"
  if (of.unit === "seconds") return words(number)
  if (of.unit === "share") return share(number)
  return of.unit === "score" ? number.toFixed(2) : String(number)
}

/** Whether it is on the wrong side of its target. */
export function off(of: Metric, number: number | null): boolean {
  if (number === null || of.target === null) return false
  return of.better === "more" ? number < of.target : number > of.target
}

/** The shapes of quality inspection, as docs/desk.md tells them. */
import type { Message } from "./types"

export type ReviewState = "open" | "scored" | "appealed" | "settled"

export interface Notice {
  version: string
  text: string
  wanted: boolean
}

export interface Review {
  id: number
  conversation: number
  agent: string
  agent_name: string
  until: string
  why: string[]
  state: ReviewState
  mean: number | null
  by_name: string
  at: string | null
  may: { score: boolean; appeal: boolean; decide: boolean }
}

export interface Mark {
  name: string
  text: string
  score: number | null
  comment: string
}

export interface ReviewWhole {
  review: Review
  marks: Mark[]
  comment: string
  appeal: string
  appealed_at: string | null
  answer: string
  answered_name: string
  answered_at: string | null
  messages: Message[]
  hints: { message: number; phrase: string; why: string }[]
}

export interface Plan {
  per_agent: number
  keep_days: number
  next_at: string | null
  criteria: { name: string; text: string }[]
  untold: { login: string; name: string }[]
  draws: { week: string; at: string; seed: string; many: number; pool: number; drawn: number; proved: boolean }[]
}

export interface Average {
  agent: string
  name: string
  reviews: number
  appeals: number
  mean: number | null
  means: Record<string, number>
}

export interface Averages {
  from: string
  to: string
  criteria: { name: string; text: string }[]
  rows: Average[]
  total: Average
}

/** `4.50`, or a dash where nothing was scored. */
export const stars = (mean: number | null | undefined): string => (mean == null ? "–" : mean.toFixed(2))

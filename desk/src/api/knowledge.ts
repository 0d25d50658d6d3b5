/** The shapes of the knowledge's API, as docs/desk.md tells them. */
export interface Entry {
  id: string
  question: string
  answer: string
  category?: string
  category_code?: string
  stage?: string
  similar?: string[]
  keywords?: string[]
  enabled?: boolean
  answers?: Record<string, string>
  pictures?: string[]
  cards?: { url: string; title: string }[]
  products?: string[]
  tests?: string[]
  owner?: string
  valid_from?: string | null
  valid_to?: string | null
  review_by?: string | null
}

export interface Spine {
  id: string
  question: string
  category: string
  owner: string
  state: "live" | "off" | "early" | "expired" | "new"
  draft: "" | "draft" | "reviewed"
  stale: "" | "review" | "expired" | "untouched"
  version: number
  updated_at: string
}

export interface Shelf {
  items: Spine[]
  next: string | null
  categories: string[]
}

export interface Sheet {
  id: string
  published: Entry | null
  version: number
  author: string
  updated_at: string | null
  draft: Entry | null
  drafted_by: string
  drafted_at: string | null
  reviewer: string
  stamp: string
}

export interface ExamFinding {
  kind: string
  entry: string
  entry_question: string
  question: string
  before: string
  after: string
  other: string
  other_question: string
  grave: boolean
}

export interface Version {
  number: number
  author: string
  at: string
  entry: Entry
  changes: { field: string; old: unknown; new: unknown }[]
}

export interface Found {
  id: string
  question: string
  answer: string
  score: number
}

export interface Outcome {
  band: "answer" | "clarify" | "unknown"
  answer: string
  offered: string[]
  ranked: Found[]
  status: string
}

export interface Candidate {
  id: number
  question: string
  similar: string[]
  tests: string[]
  answer: string
  count: number
  sources: Record<string, number>
  nearest: string
  nearest_question: string
  since: string
}

export interface Board {
  questions: number
  answered: number
  suggested: number
  missed: number
  coverage: number | null
  useful: number
  useless: number
  accuracy: number | null
  open: number
  entries: number
  never_used: number
  used: { entry: string; question: string; count: number }[]
  stale: { entry: string; question: string; owner: string; reason: string; since: string }[]
  effects: {
    entry: string
    question: string
    asked_before: number
    days_before: number
    answered_after: number
    days_after: number
    useful: number
    useless: number
  }[]
}

/** The shapes of the desk's API, as docs/desk.md tells them. */
export type Role = "agent" | "supervisor" | "trainer" | "community" | "live" | "admin"
export type Presence = "online" | "busy" | "away" | "offline"
export type Kind = "direct" | "group" | "live"
export type Emotion = 0 | 1 | 2 | 3 | 4

export interface Owner {
  kind: "bot" | "queue" | "me" | "colleague"
  login: string
  name: string
}

export interface Me {
  login: string
  name: string
  roles: Role[]
  csrf: string
  totp: boolean
  locale: string
  presence: Presence
  capacity: number
  load: number
  shop: string
  knowledge: boolean
  incidents: boolean
  notice: boolean
}

export interface SessionRow {
  id: number
  current: boolean
  agent: string
  address: string
  created_at: string
  seen_at: string
}

export interface Colleague {
  login: string
  name: string
  presence: Presence
  load: number
  capacity: number
  skills: string[]
}

export interface Strip {
  waiting: number
  queue: number
  load: number
  capacity: number
  due_soon: number
  overdue: number
  incidents: number
  unpaid: number | null
}

export interface Clock {
  what: "first" | "next" | "resolution" | "soothe" | "plan" | "close"
  due_at: string
  warn_at: string
  met_at: string | null
  state: "running" | "warned" | "breached" | "met" | "paused"
}

export interface Why {
  code: string
  text: string
  points: number
}

export interface Quota {
  allowed: number | null
  left: number | null
  until: string | null
}

export interface Card {
  id: number
  channel: string
  adapter: string
  kind: Kind
  scene: string
  contact: { id: number; name: string; tier: number } | null
  title: string
  owner: Owner
  preview: string
  preview_by: "customer" | "bot" | "agent"
  last_at: string
  last_message: number
  waiting_since: string | null
  unread: number
  emotion: Emotion
  complaint: string | null
  complaint_kind: string | null
  clock: Clock | null
  rank: number
  why: Why[]
  quota: Quota | null
  reason: string
  closed_at: string | null
  draft: boolean
  high: boolean
  skill: string
  snoozed_until: string | null
  guests: { login: string; part: GuestPart }[]
}

/** How somebody takes part in a colleague's conversation. */
export type GuestPart = "consult" | "observe" | "join"

export interface Guest {
  login: string
  name: string
  part: GuestPart
  by: string
  at: string
}

export interface Handoff {
  reason: string
  text: string
  at: string
  position: number | null
  minutes: number | null
  skill: string
  why: { text: string; points: number }[]
  brief: {
    said: string[]
    answered: number
    orders: string[]
    complaints: { number: string; kind_text: string; state: string; opened_at: string }[]
  }
}

export interface Viewer {
  login: string
  name: string
  typing: boolean
}

export interface Conversation {
  card: Card
  verified: boolean
  handoff: Handoff | null
  complaint: Complaint | null
  clocks: Clock[]
  draft: string
  seen: number
  viewers: Viewer[]
  guests: Guest[]
  objected: boolean
  limits: { max_text: number | null; parts: string[]; push: boolean }
  may: {
    reply: boolean
    claim: boolean
    force: boolean
    transfer: boolean
    snooze: boolean
    consult: boolean
    watch: boolean
  }
}

export interface Part {
  type: string
  text?: string
  url?: string
  head?: string
  title?: string
  description?: string
  options?: { id: string; label: string }[]
}

export interface Message {
  id: number
  conversation: number
  direction: "in" | "out"
  client: string | null
  by: "customer" | "bot" | "agent"
  author: string
  text: string
  parts: Part[]
  at: string
  state: string
  error: string
  reply_to: number | null
  emotion: Emotion
}

export interface Note {
  id: number
  by: string
  name: string
  text: string
  mention: string[]
  at: string
  kind: "note" | "consult" | "answer" | "whisper"
}

export interface Order {
  number: string
  status: string
  status_text: string
  items: { title: string; count: number }[]
  paid_at: string | null
  phone: string
  parcels: { waybill: string; courier: string }[]
}

export type Rung = "soothe" | "plan" | "close"

export interface Complaint {
  number: string
  conversation: number
  contact: { id: number; name: string }
  kind: string
  kind_text: string
  severity: number
  state: "open" | "soothed" | "planned" | "closed"
  level: number
  level_name: string
  opened_at: string
  clocks: Clock[]
  next: Rung | null
  owner: Owner
  cause: string
  blame: string
  solution: string
  follow_up_on: string | null
  notes: { at: string; by: string; text: string }[]
}

export interface Canned {
  shortcut: string
  title: string
  text: string
  by: string
  at: string
}

export interface Finding {
  start: number
  end: number
  phrase: string
  level: "block" | "warn"
  rule: string
  why: string
  better: string
}

export interface Wall {
  agents: (Colleague & { longest_wait: string | null; since: string | null })[]
  queue: Card[]
  red: Card[]
  ladder: Complaint[]
  today: {
    asked: number
    taken: number
    closed: number
    first_response_p50: number | null
    first_response_p90: number | null
  }
}

export interface Metric {
  name: string
  unit: "count" | "seconds" | "share" | "score"
  text: string
  target: number | null
  better: "more" | "less"
}

export interface Value {
  count: number
  sum: number
  mean: number | null
  p50: number | null
  p90: number | null
  p95: number | null
  within: number | null
  spread: number[]
}

export interface Numbers {
  from: string
  to: string
  by: string
  bounds: number[]
  metrics: Metric[]
  rows: { key: string; text: string; values: Record<string, Value> }[]
  total: Record<string, Value>
}

export interface AuditLine {
  id: number
  at: string
  who: string
  name: string
  act: string
  about: string
  data: Record<string, unknown>
  hash: string
}

export interface Staff {
  login: string
  name: string
  roles: Role[]
  active: boolean
  totp: boolean
  capacity: number
  skills: string[]
  created_at: string
  seen_at: string | null
}

export interface Page<T> {
  items: T[]
  next?: string | null
  more?: boolean
}

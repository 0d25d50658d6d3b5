/** The shapes of incidents and compensation, as docs/desk.md tells them. */
import type { Clock } from "./types"

export type IncidentKind = "fault" | "orders" | "opinion"
export type Standing = "noted" | "unreachable" | "notified" | "answered" | "compensated" | "closed"

export interface Incident {
  number: string
  kind: IncidentKind
  kind_text: string
  state: "draft" | "open" | "resolved" | "dismissed"
  state_text: string
  title: string
  words: string[]
  answer: string
  resolution: string
  ticket: string
  ticket_state: string
  level_name: string
  noticed_at: string
  opened_at: string | null
  ended_at: string | null
  clocks: Clock[]
  people: number
  standings: Record<Standing, number>
  rooms: { id: number; kind: string; name: string }[]
  notes: { at: string; by: string; text: string }[]
}

export interface Affected {
  contact: { id: number; name: string }
  conversation: number | null
  standing: Standing
  standing_text: string
  route: string
  source: string
  said: string
  fen: number | null
  notice: string
  ending: string
}

export interface Proposal {
  number: string
  cause: string
  state: "proposed" | "approved" | "granted" | "refused"
  state_text: string
  fen: number
  priority: boolean
  people: number
  total: number
  reason: string
  proposed_by: string
  settled_by: string
  why: string
  mine: boolean
}

/** A group or a live room that may hear of it; `told`: it has. */
export interface Room {
  id: number
  kind: "group" | "live"
  name: string
  told: boolean
}

export const KINDS: IncidentKind[] = ["fault", "orders", "opinion"]

/** What was written in one field: words or numbers between spaces and commas. */
export const listed = (text: string): string[] => text.split(/[\s,，、]+/).filter(Boolean)

/** `12.50` of 1250 fen. */
export const yuan = (fen: number): string => (fen / 100).toFixed(2)

/** Shapes of the person page. */
import type { Complaint, Order, Owner } from "./types"

export interface Identity {
  contact: number
  channel: string
  account: string
  name: string
  verified: boolean
  gone: boolean
}

export interface Merged {
  id: number
  contact: number
  into: number
  name: string
  by: string
  at: string
}

export interface Contact {
  id: number
  contacts: number[]
  merges: Merged[]
  erased_at: string | null
  may: { merge: boolean; export: boolean; erase: boolean }
  name: string
  locale: string
  tier: number
  tags: string[]
  remark: string
  identities: Identity[]
  orders: Order[]
  complaints: Complaint[]
  conversations: { id: number; channel: string; last_at: string; preview: string; owner: Owner }[]
  ratings: { score: number; comment: string; at: string }[]
}

export interface Found {
  id: number
  name: string
  channels: string[]
  accounts: string[]
  why: string[]
}

/** The list of conversations: the view that is open, kept true by the live line. */
import { defineStore } from "pinia"
import { computed, ref } from "vue"
import { get, query } from "../api/client"
import type { Frame } from "../api/live"
import type { Card } from "../api/types"
import { useMe } from "./me"

export const VIEWS = ["mine", "snoozed", "helping", "queue", "bot", "colleagues", "all", "closed"] as const
export const ORDERS = ["rank", "waiting", "newest"] as const
export type View = (typeof VIEWS)[number]
export type Order = (typeof ORDERS)[number]

interface Listing {
  items: Card[]
  next: string | null
  counts: Record<string, number>
}

export const useInbox = defineStore("inbox", () => {
  const view = ref<View>("mine")
  const order = ref<Order>("rank")
  const sought = ref("")
  const cards = ref(new Map<number, Card>())
  const counts = ref<Record<string, number>>({})
  const next = ref<string | null>(null)
  const loading = ref(false)
  const failed = ref(false)
  let asked = 0

  const sorted = computed(() => [...cards.value.values()].sort(COMPARE[order.value]))

  async function load(more = false): Promise<void> {
    const turn = ++asked
    loading.value = true
    failed.value = false
    const after = more ? next.value : null
    const given = { view: view.value, order: order.value, q: sought.value, after }
    try {
      const answer = await get<Listing>(`/conversations${query(given)}`)
      if (turn !== asked) return // a later question was faster
      if (!more) cards.value = new Map()
      for (const card of answer.items) cards.value.set(card.id, card)
      next.value = answer.next
      counts.value = answer.counts
    } catch {
      failed.value = turn === asked
    } finally {
      if (turn === asked) loading.value = false
    }
  }

  /** A card as it is now: into the list, or out of it. */
  function put(card: Card): void {
    if (!sought.value && belongs(card, view.value)) cards.value.set(card.id, card)
    else cards.value.delete(card.id)
  }

  let recount = 0

  function hear(frame: Frame): void {
    if (frame.t === "card") put(frame.card)
    if (frame.t === "reload") void load()
    if (frame.t === "event" && MOVES.has(frame.event.kind)) {
      window.clearTimeout(recount)
      recount = window.setTimeout(() => void count(), 400)
    }
  }

  async function count(): Promise<void> {
    const given = { view: view.value, order: order.value, limit: 1 }
    counts.value = (await get<Listing>(`/conversations${query(given)}`)).counts
  }

  return { view, order, sought, cards, counts, next, loading, failed, sorted, load, put, hear }
})

const MOVES = new Set(["conversation.owner", "desk.snoozed", "desk.woke", "desk.guest"])
const when = (at: string | null): number => (at ? Date.parse(at) : Infinity)

const COMPARE: Record<Order, (a: Card, b: Card) => number> = {
  rank: (a, b) => b.rank - a.rank || when(a.waiting_since) - when(b.waiting_since) || b.id - a.id,
  waiting: (a, b) => when(a.waiting_since) - when(b.waiting_since) || b.last_message - a.last_message,
  newest: (a, b) => b.last_message - a.last_message,
}

function belongs(card: Card, view: View): boolean {
  if (view === "closed") return card.closed_at !== null
  if (view === "all") return true
  if (card.closed_at) return false
  if (view === "helping") {
    const login = useMe().me?.login
    return card.owner.kind === "colleague" && card.guests.some((guest) => guest.login === login)
  }
  if (card.owner.kind === "me") return view === (card.snoozed_until ? "snoozed" : "mine")
  return card.owner.kind === { queue: "queue", bot: "bot", colleagues: "colleague" }[view as string]
}

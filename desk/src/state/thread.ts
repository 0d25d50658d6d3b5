/** The open conversation: its messages, what is being sent, the draft, who else looks at it. */
import { defineStore } from "pinia"
import { computed, ref, shallowRef, triggerRef } from "vue"
import { ApiError, call, get, post, put, query, remove } from "../api/client"
import type { Frame } from "../api/live"
import type { Conversation, Message, Note, Page, Viewer } from "../api/types"

/** A message of this page that the server has not confirmed yet. */
export interface Pending {
  client: string
  text: string
  at: string
  problem: ApiError | null
}

export const useThread = defineStore("thread", () => {
  const id = ref<number | null>(null)
  const about = ref<Conversation | null>(null)
  const messages = shallowRef(new Map<number, Message>())
  const notes = ref<Note[]>([])
  const pending = ref<Pending[]>([])
  const viewers = ref<Viewer[]>([])
  const older = ref(false) // whether the server has older ones
  const problem = ref<ApiError | null>(null)
  const wording = ref("") // words that shall go where the answer is written

  const ordered = computed(() => [...messages.value.values()].sort((a, b) => a.id - b.id))

  async function open(wanted: number): Promise<void> {
    id.value = wanted
    about.value = null
    messages.value = new Map()
    notes.value = []
    viewers.value = []
    pending.value = []
    problem.value = null
    await refresh()
  }

  /** Fetch what the page shows anew; what is being sent stays. */
  async function refresh(): Promise<void> {
    const wanted = id.value
    if (wanted === null) return
    const path = `/conversations/${wanted}`
    try {
      const [whole, page, told] = await Promise.all([
        get<Conversation>(path),
        get<Page<Message>>(`${path}/messages`),
        get<Page<Note>>(`${path}/notes`),
      ])
      if (id.value !== wanted) return
      about.value = whole
      viewers.value = whole.viewers
      older.value = page.more ?? false
      notes.value = told.items
      add(page.items)
    } catch (error) {
      if (id.value === wanted) problem.value = error as ApiError
    }
  }

  async function more(): Promise<void> {
    const [first] = ordered.value
    if (!first || !older.value) return
    const path = `/conversations/${first.conversation}/messages${query({ before: first.id })}`
    const page = await get<Page<Message>>(path)
    older.value = page.more ?? false
    add(page.items)
  }

  function add(found: Message[]): void {
    for (const message of found) {
      messages.value.set(message.id, message)
      const mine = message.client
      if (mine) pending.value = pending.value.filter(({ client }) => client !== mine)
    }
    triggerRef(messages)
  }

  async function send(text: string, take: boolean): Promise<void> {
    const at = new Date().toISOString()
    const client = crypto.randomUUID()
    pending.value.push({ client, text, at, problem: null })
    await attempt(client, take)
  }

  /** The same words with the same id: the server knows them if they arrived before. */
  async function attempt(client: string, take = false): Promise<void> {
    const one = pending.value.find((other) => other.client === client)
    if (!one || id.value === null) return
    one.problem = null
    const path = `/conversations/${id.value}/messages`
    try {
      add([(await post<{ message: Message }>(path, { client, text: one.text, take })).message])
    } catch (error) {
      one.problem = error as ApiError
    }
  }

  function discard(client: string): string {
    const one = pending.value.find((other) => other.client === client)
    pending.value = pending.value.filter((other) => other !== one)
    return one?.text ?? ""
  }

  /** Claim, release, transfer, return, close: each answers the conversation as it is then. */
  async function act(verb: string, body: unknown = {}): Promise<void> {
    about.value = await post<Conversation>(`/conversations/${id.value}/${verb}`, body)
  }

  /** Consult, whisper, watch, dismiss: each answers who takes part then. */
  async function together(verb: string, body?: unknown): Promise<void> {
    const path = `/conversations/${id.value}/${verb}`
    await (body === undefined ? remove(path) : post(path, body))
    await refresh()
  }

  async function note(text: string): Promise<void> {
    notes.value.push(await post<Note>(`/conversations/${id.value}/notes`, { text }))
  }

  const keep = (of: number, text: string): Promise<void> =>
    put(`/conversations/${of}/draft`, { text })

  async function seen(message: number): Promise<void> {
    if (id.value !== null) await call("PUT", `/conversations/${id.value}/seen`, { message })
  }

  function hear(frame: Frame): void {
    if (frame.t === "reload") void refresh()
    if (frame.t === "card" && frame.card.id === id.value && about.value) {
      const changed = about.value.card.owner.kind !== frame.card.owner.kind
      about.value.card = frame.card
      if (changed) void refresh()
    }
    if (frame.t === "message" && frame.message.conversation === id.value) add([frame.message])
    if (frame.t === "viewers" && frame.conversation === id.value) viewers.value = frame.people
    if (frame.t === "event" && frame.event.conversation === id.value) {
      if (AFFECTS.test(frame.event.kind)) void refresh()
    }
    if (frame.t === "state") {
      const message = messages.value.get(frame.message)
      if (message) add([{ ...message, state: frame.state, error: frame.error }])
    }
  }

  return {
    id, about, messages, ordered, notes, pending, viewers, older, problem, wording,
    open, refresh, more, send, attempt, discard, act, together, note, keep, seen, hear,
  }
})

/** Events after which clocks, case or notes are different. */
const AFFECTS = /^(complaint\.|sla\.|desk\.(note|closed|rated|snoozed|woke|guest)|handoff\.)/

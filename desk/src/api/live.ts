/**
 * The live line: one WebSocket with a cursor. What was missed while it was down is replayed by the
 * server, each message once; the page only ever moves forward.
 */
import type { Card, Message, Strip, Viewer } from "./types"

export interface JournalEvent {
  number: number
  kind: string
  at: string
  conversation: number | null
  data: Record<string, unknown>
}

export type Frame =
  | { t: "hello"; cursor: string; replaying: boolean }
  | { t: "message"; cursor: string; message: Message }
  | { t: "event"; cursor: string; event: JournalEvent }
  | { t: "replayed"; cursor: string }
  | { t: "card"; card: Card }
  | { t: "state"; conversation: number; message: number; state: string; error: string }
  | { t: "strip"; strip: Strip }
  | { t: "viewers"; conversation: number; people: Viewer[] }
  | { t: "reload" }

export type LineState = "connecting" | "replaying" | "live" | "offline"

const SESSION_ENDED = 4401
const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000

export class Live {
  private socket: WebSocket | null = null
  private cursor = ""
  private failures = 0
  private timer = 0
  private looking: { id: number | null; typing: boolean } = { id: null, typing: false }

  constructor(
    private readonly hear: (frame: Frame) => void,
    private readonly changed: (state: LineState) => void,
    private readonly ended: () => void,
  ) {
    window.addEventListener("online", () => this.retry())
  }

  open(): void {
    this.changed("connecting")
    const scheme = location.protocol === "https:" ? "wss" : "ws"
    const after = this.cursor && `?after=${encodeURIComponent(this.cursor)}`
    const socket = new WebSocket(`${scheme}://${location.host}/desk/api/live${after}`)
    this.socket = socket
    socket.onmessage = ({ data }) => {
      for (const line of String(data).split("\n")) this.take(JSON.parse(line) as Frame) // one a line
    }
    socket.onclose = ({ code }) => socket === this.socket && this.lost(code)
  }

  close(): void {
    window.clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    this.cursor = ""
    socket?.close()
  }

  /** Tell colleagues what this person looks at, and whether they write. */
  look(id: number | null, typing = false): void {
    if (this.looking.id === id && this.looking.typing === typing) return
    this.looking = { id, typing }
    this.tellLook()
  }

  private tellLook(): void {
    const { id, typing } = this.looking
    const open = this.socket?.readyState === WebSocket.OPEN
    if (open) this.socket?.send(JSON.stringify({ t: "look", conversation: id, typing }))
  }

  private take(frame: Frame): void {
    if ("cursor" in frame) this.cursor = frame.cursor
    if (frame.t === "hello") {
      this.failures = 0
      this.changed(frame.replaying ? "replaying" : "live")
      this.tellLook()
    }
    if (frame.t === "replayed") this.changed("live")
    this.hear(frame)
  }

  private lost(code: number): void {
    this.socket = null
    if (code === SESSION_ENDED) return this.ended()
    this.changed("offline")
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.failures++)
    this.timer = window.setTimeout(() => this.open(), wait * (0.7 + Math.random() * 0.6))
  }

  private retry(): void {
    if (this.socket === null && this.timer) {
      window.clearTimeout(this.timer)
      this.open()
    }
  }
}

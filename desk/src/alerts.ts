/** Desktop notifications for what must not wait: shown only while the page is in the background. */
import type { Router } from "vue-router"
import type { Frame } from "./api/live"
import { t } from "./texts"

const LOUD = new Set(["handoff.requested", "sla.warned", "sla.breached", "complaint.escalated", "desk.mention"])

export const supported = "Notification" in window

export async function allow(): Promise<boolean> {
  return supported && (await Notification.requestPermission()) === "granted"
}

export function alertOn(frame: Frame, router: Router): void {
  if (frame.t !== "event" || !LOUD.has(frame.event.kind)) return
  if (!document.hidden || !supported || Notification.permission !== "granted") return
  const { kind, conversation, number } = frame.event
  const note = new Notification(t(`alert.${kind}`), { tag: String(number) })
  note.onclick = () => {
    window.focus()
    if (conversation) void router.push({ name: "inbox", params: { id: conversation } })
  }
}
